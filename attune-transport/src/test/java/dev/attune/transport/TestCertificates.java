package dev.attune.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Self-signed member certificates made by the JDK's own tool; whoever is trusted is in one authority file. */
final class TestCertificates {
    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path authority;

    TestCertificates(Path directory) {
        this.directory = directory;
        this.authority = directory.resolve("authority.pem");
    }

    /** A certificate and key for {@code name} that say they belong to {@code member}. */
    PeerTls issue(String name, String member, boolean trusted) throws IOException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "member",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + member,
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        String certificate = pem("CERTIFICATE", keys.getCertificate("member").getEncoded());
        String key =
                pem("PRIVATE KEY", keys.getKey("member", PASSWORD.toCharArray()).getEncoded());
        if (trusted) Files.writeString(authority, certificate, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return new PeerTls(
                Files.writeString(directory.resolve(name + ".pem"), certificate),
                Files.writeString(directory.resolve(name + ".key"), key),
                authority);
    }

    private static String pem(String kind, byte[] encoded) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (process.waitFor() != 0) throw new IOException("keytool failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
