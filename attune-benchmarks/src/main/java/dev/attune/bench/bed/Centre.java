package dev.attune.bench.bed;

import dev.attune.bench.NodeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An Attune node, a process of its own on loopback with a folder of its own; closing it removes both. */
final class Centre implements AutoCloseable {
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final Path folder;
    private final String endpoint;
    private final String token;
    private final NodeApi api;

    private Centre(Process process, Path folder, String endpoint, String token) {
        this.process = process;
        this.folder = folder;
        this.endpoint = endpoint;
        this.token = token;
        this.api = new NodeApi(endpoint, token);
    }

    /** Starts one and waits until it takes changes. */
    static Centre start(Path log) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("attune-bed");
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        String token = "attune_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        Path file = Files.createFile(
                folder.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token + "\n");
        int port;
        int peerPort;
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = one.getLocalPort();
            peerPort = other.getLocalPort();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.attune.server.ServerMain",
                        "--id=n1",
                        "--data-dir=" + folder.resolve("data"),
                        "--listen=127.0.0.1:" + port,
                        "--peer-listen=127.0.0.1:" + peerPort,
                        "--bootstrap-token-file=" + file)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Centre centre = new Centre(process, folder, "127.0.0.1:" + port, token);
        try {
            centre.awaitReady();
            return centre;
        } catch (IOException | InterruptedException e) {
            centre.close();
            throw e;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            try {
                put("start", "application.yaml", "started: true\n");
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - begun > START_NANOS_MAX)
                    throw new IOException("the node did not start: " + e.getMessage(), e);
                Thread.sleep(200);
            }
        }
    }

    /** Releases a file of an application. */
    void put(String application, String file, String text) throws IOException, InterruptedException {
        api.call("PUT", path(application) + "/files/" + file, text);
    }

    /** What a policy decided of late, as the node tells it. */
    String decisions(String application, String policy) throws IOException, InterruptedException {
        String path = path(application) + "/tune/policies/" + policy + "/decisions?all=true&limit=1000";
        return api.call("GET", path, "");
    }

    private static String path(String application) {
        return "/api/v1/envs/" + Attached.ENVIRONMENT + "/apps/" + application;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        }
    }

    /** Arguments by which a service becomes an instance. */
    List<String> arguments(String application, String instance) {
        return List.of(endpoint, token, application, instance);
    }
}
