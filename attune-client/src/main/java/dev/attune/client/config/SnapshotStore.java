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
import java.util.ArrayList;
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
    private static final String STAGED = ".staged";
    // The longest deadline of a rollout: what is older than that was decided while this process was away.
    private static final long STAGED_MILLIS_MAX = 7L * 24 * 3600 * 1000;
    private static final System.Logger LOG = System.getLogger(SnapshotStore.class.getName());

    private final Path directory;
    private final String name;
    private final String stagedName;
    private final SecretKeySpec key;

    /** @param secret what copies are signed with; null for nothing that others do not know */
    SnapshotStore(Path directory, @Nullable String secret, InstanceSpec instance, List<String> files) {
        this.directory = directory;
        this.key = new SecretKeySpec(
                ("attune local copy\n" + (secret == null ? "" : secret)).getBytes(StandardCharsets.UTF_8), ALGORITHM);
        String identity = String.join("\n", files) + "\n\n" + instance.dataCentre() + "\n" + instance.labels();
        this.name = instance.environment() + "~" + instance.application() + "~" + instance.cluster() + "~"
                + HexFormat.of().formatHex(sha256(identity.getBytes(StandardCharsets.UTF_8)), 0, 4);
        // Each instance votes for itself, also when several share a directory.
        this.stagedName = name + "."
                + HexFormat.of().formatHex(sha256(instance.id().getBytes(StandardCharsets.UTF_8)), 0, 8) + ".";
    }

    /**
     * A copy.
     *
     * @param savedMillis when it came from the centre, in milliseconds since 1970
     */
    record Saved(String clusterId, long savedMillis, ConfigUpdate state) {}

    /**
     * A state that this instance has agreed to, and that is not decided yet.
     *
     * @param step of the rollout when it was written
     */
    record Staged(long rollout, long step, Saved saved) {}

    void save(Saved saved) throws IOException {
        write(
                name,
                directory.resolve(
                        String.format("%s.%016x%s", name, saved.state().revision(), SUFFIX)),
                encoded(new Encoder(4096), saved));
        List<Path> all = generations();
        for (int i = GENERATIONS; i < all.size(); i++) Files.deleteIfExists(all.get(i));
    }

    private static byte[] encoded(Encoder payload, Saved saved) {
        payload.text(saved.clusterId()).varint(saved.savedMillis());
        return ConfigCodec.write(payload, saved.state()).toArray();
    }

    /** Writes and syncs what was agreed to: when this returns, it survives the process and the machine (R3). */
    void stage(Staged staged) throws IOException {
        Encoder payload = new Encoder(4096).varint(staged.rollout()).varint(staged.step());
        write(stagedName, stagedFile(staged.rollout()), encoded(payload, staged.saved()));
    }

    private Path stagedFile(long rollout) {
        return directory.resolve(stagedName + rollout + STAGED);
    }

    /** Removes what was staged for a rollout, if anything was. */
    void unstage(long rollout) throws IOException {
        Files.deleteIfExists(stagedFile(rollout));
    }

    /** What is staged, whole and not from long ago; anything else is removed. */
    List<Staged> staged(long nowMillis) {
        List<Staged> found = new ArrayList<>();
        try {
            for (Path each : withSuffix(stagedName, STAGED)) {
                try {
                    Decoder in = new Decoder(body(stagedName, each));
                    Staged one = new Staged(in.varint(), in.varint(), read(in));
                    if (nowMillis - one.saved().savedMillis() < STAGED_MILLIS_MAX) found.add(one);
                    else Files.deleteIfExists(each);
                } catch (MalformedException | IllegalArgumentException e) {
                    LOG.log(System.Logger.Level.WARNING, "removed: " + each + ": " + e.getMessage());
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "staged states unreadable: " + directory, e);
        }
        return found;
    }

    /** @param label of what is written, so that a file of another kind or instance does not pass for it */
    private void write(String label, Path target, byte[] body) throws IOException {
        makeDirectory();
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix"))
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (byte[] part : List.of(MAGIC, signature(label, body), body)) {
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

    private byte[] signature(String label, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(label.getBytes(StandardCharsets.UTF_8));
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
                return Optional.of(read(new Decoder(body(name, each))));
            } catch (IOException | MalformedException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "snapshot passed over: " + each + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static Saved read(Decoder in) {
        Saved saved = new Saved(in.text(), in.varint(), ConfigCodec.readUpdate(in));
        in.expectEnd();
        if (!saved.state().complete()) throw new MalformedException("not complete");
        return saved;
    }

    /** The signed part of a file. */
    private byte[] body(String label, Path file) throws IOException {
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
        if (!MessageDigest.isEqual(signature(label, body), Arrays.copyOfRange(all, MAGIC.length, start)))
            throw new MalformedException("signature does not match: damaged, or written under another token");
        return body;
    }

    /** Newest first. */
    private List<Path> generations() throws IOException {
        return withSuffix(name + ".", SUFFIX);
    }

    /** In falling order of their names. */
    private List<Path> withSuffix(String start, String suffix) throws IOException {
        if (!Files.isDirectory(directory)) return List.of();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> {
                        String each = file.getFileName().toString();
                        return each.startsWith(start) && each.endsWith(suffix);
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
