package dev.attune.server.secrets;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key-encryption keys of this node, out of a file that every node of the cluster has a copy of: one key a line, its
 * id and 32 bytes in Base64. The first line seals; the others open what was sealed before.
 */
public final class SecretKeys {
    private static final int KEY_BYTES = 32;

    private final Map<String, SecretKey> keys;
    private final String place;

    private SecretKeys(Map<String, SecretKey> keys, String place) {
        this.keys = keys;
        this.place = place;
    }

    /** No keys: nothing can be sealed or opened. */
    public static SecretKeys none() {
        return new SecretKeys(Map.of(), "secret-keys in its data directory");
    }

    /**
     * Reads the file; one that is not there holds no keys.
     *
     * @throws IOException when it cannot be read, is malformed, or others than its owner may read it
     */
    public static SecretKeys read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return new SecretKeys(Map.of(), file.toString());
        }
        requirePrivate(file);
        Map<String, SecretKey> keys = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) continue;
            String[] parts = line.strip().split("\\s+");
            byte[] key = parts.length == 2 && parts[0].matches("[A-Za-z0-9-]{1,64}") ? decoded(parts[1]) : new byte[0];
            if (key.length != KEY_BYTES)
                throw new IOException(
                        file + ": line " + number + ": not a key (expected: an id and 32 bytes in Base64)");
            keys.put(parts[0], new SecretKeySpec(key, "AES"));
        }
        return new SecretKeys(keys, file.toString());
    }

    private static void requirePrivate(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) return;
        Set<PosixFilePermission> allowed = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        if (!allowed.containsAll(Files.getPosixFilePermissions(file)))
            throw new IOException(file + ": others may read it (expected: chmod 600)");
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** Id of the key that seals; fails with {@code FAILED_PRECONDITION} when this node has none. */
    String current() {
        return keys.keySet().stream()
                .findFirst()
                .orElseThrow(() -> new AttuneException(
                        ErrorCode.FAILED_PRECONDITION,
                        "This node has no key to seal secret values with (expected: the file " + place
                                + ", the same on every node; 'attune secret new-key' prints a line for it)."));
    }

    /** The key with this id; null when this node does not have it. */
    @org.jspecify.annotations.Nullable SecretKey get(String id) {
        return keys.get(id);
    }

    /** The failure for a value that is sealed with a key that this node does not have. */
    AttuneException missing(String id) {
        return new AttuneException(
                ErrorCode.FAILED_PRECONDITION,
                "This node has no key " + id
                        + ", which secret values here are sealed with (expected: its line in the file "
                        + place + ", mode 0600, on every node. A snapshot does not hold it: copy the file from"
                        + " another node, or from where the cluster that sealed them kept it, and start the node again).");
    }
}
