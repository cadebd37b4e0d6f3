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
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Local copies of one subscription's configuration: the newest three, each complete and with a checksum, readable by
 * its owner only (S4). A copy becomes visible by a rename after it is on disk, so a crash leaves the former ones.
 */
final class SnapshotStore {
    static final int GENERATIONS = 3;

    private static final byte[] MAGIC = "ATTUNES1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_LENGTH = 32;
    private static final long BYTES_MAX = 256L << 20;
    private static final String SUFFIX = ".snapshot";
    private static final System.Logger LOG = System.getLogger(SnapshotStore.class.getName());

    private final Path directory;
    private final String name;

    SnapshotStore(Path directory, InstanceSpec instance, List<String> files) {
        this.directory = directory;
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
        Files.createDirectories(directory);
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
                for (byte[] part : List.of(MAGIC, sha256(body), body)) {
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

    private static Saved read(Path file) throws IOException {
        long size = Files.size(file);
        if (size < MAGIC.length + DIGEST_LENGTH || size > BYTES_MAX)
            throw new MalformedException("size: " + size + " bytes");
        byte[] all = Files.readAllBytes(file);
        int start = MAGIC.length + DIGEST_LENGTH;
        if (all.length < start || !Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length))
            throw new MalformedException("not a snapshot");
        byte[] body = Arrays.copyOfRange(all, start, all.length);
        if (!MessageDigest.isEqual(sha256(body), Arrays.copyOfRange(all, MAGIC.length, start)))
            throw new MalformedException("checksum does not match");
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
