package dev.attune.client.config;

import dev.attune.model.Bytes;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Local copies of one subscription's configuration: the newest three, each complete and signed, readable by its owner
 * only (S4). A copy becomes visible by a rename after it is on disk, so a crash leaves the former ones.
 *
 * <p>The signature is an HMAC under the client's token: whoever can write to the directory but does not hold the token
 * cannot make this program start with values of his own.
 */
final class SnapshotStore {
    static final int GENERATIONS = 3;

    private static final byte[] MAGIC = "ATTUNES2".getBytes(StandardCharsets.US_ASCII);
    private static final int SIGNATURE_LENGTH = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final long BYTES_MAX = 256L << 20;
    private static final String SUFFIX = ".snapshot";
    private static final System.Logger LOG = System.getLogger(SnapshotStore.class.getName());

    private final Path directory;
    private final String name;
    private final SecretKeySpec key;

    /** @param secret what copies are signed with; null for nothing that others do not know */
    SnapshotStore(Path directory, @Nullable String secret, InstanceSpec instance, List<String> files) {
        this.directory = directory;
        this.key = new SecretKeySpec(
                ("attune local copy\n" + (secret == null ? "" : secret)).getBytes(StandardCharsets.UTF_8), ALGORITHM);
        String identity = String.join("\n", files) + "\n\n" + instance.dataCentre() + "\n" + instance.labels();
        this.name = instance.environment() + "~" + instance.application() + "~" + instance.cluster() + "~"
                + HexFormat.of().formatHex(sha256(identity.getBytes(StandardCharsets.UTF_8)), 0, 4);
    }

    /**
     * A copy.
     *
     * @param savedMillis when it came from the centre, in milliseconds since 1970
     */
    record Saved(String clusterId, long savedMillis, ConfigUpdate state) {}

    void save(Saved saved) throws IOException {
        makeDirectory();
        Encoder payload = new Encoder(4096);
        payload.text(saved.clusterId()).varint(saved.savedMillis());
        ConfigCodec.write(payload, saved.state());
        byte[] body = payload.toArray();
        Path target = directory.resolve(
                String.format("%s.%016x%s", name, saved.state().revision(), SUFFIX));
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (byte[] part : List.of(MAGIC, signature(body), body)) {
                    ByteBuffer buffer = ByteBuffer.wrap(part);
                    while (buffer.hasRemaining()) out.write(buffer);
                }
                out.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncDirectory();
        List<Path> all = generations();
        for (int i = GENERATIONS; i < all.size(); i++) Files.deleteIfExists(all.get(i));
    }

    private void makeDirectory() throws IOException {
        if (Files.isDirectory(directory)) return;
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) Files.createDirectories(parent);
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix)
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        else Files.createDirectories(directory);
    }

    private byte[] signature(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private void syncDirectory() {
        try (FileChannel open = FileChannel.open(directory, StandardOpenOption.READ)) {
            open.force(true);
        } catch (IOException e) {
            // Some systems cannot sync a directory; the copy itself is on disk.
            LOG.log(System.Logger.Level.DEBUG, "directory not synced", e);
        }
    }

    /** The newest copy that is whole; damaged ones are passed over. */
    Optional<Saved> load() {
        List<Path> all;
        try {
            all = generations();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "snapshots unreadable: " + directory, e);
            return Optional.empty();
        }
        for (Path each : all) {
            try {
                return Optional.of(read(each));
            } catch (IOException | MalformedException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "snapshot passed over: " + each + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Saved read(Path file) throws IOException {
        // A link could lead anywhere; what this store writes are files.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) throw new MalformedException("not a file");
        long size = Files.size(file);
        if (size < MAGIC.length + SIGNATURE_LENGTH || size > BYTES_MAX)
            throw new MalformedException("size: " + size + " bytes");
        byte[] all = Files.readAllBytes(file);
        int start = MAGIC.length + SIGNATURE_LENGTH;
        if (all.length < start || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length))
            throw new MalformedException("not a snapshot");
        byte[] body = Arrays.copyOfRange(all, start, all.length);
        if (!MessageDigest.isEqual(signature(body), Arrays.copyOfRange(all, MAGIC.length, start)))
            throw new MalformedException("signature does not match: damaged, or written under another token");
        Decoder in = new Decoder(body);
        Saved saved = new Saved(in.text(), in.varint(), ConfigCodec.readUpdate(in));
        in.expectEnd();
        if (!saved.state().complete()) throw new MalformedException("not complete");
        return saved;
    }

    /** Newest first. */
    private List<Path> generations() throws IOException {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> {
                        String each = file.getFileName().toString();
                        return each.startsWith(name + ".") && each.endsWith(SUFFIX);
                    })
                    .sorted(Comparator.comparing(
                                    (Path file) -> file.getFileName().toString())
                            .reversed())
                    .collect(Collectors.toList());
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String sha256(Bytes bytes) {
        return HexFormat.of().formatHex(sha256(bytes.unsafeArray()));
    }
}
