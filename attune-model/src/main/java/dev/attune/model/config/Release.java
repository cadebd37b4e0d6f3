package dev.attune.model.config;

import dev.attune.model.Bytes;

/**
 * One immutable, numbered content of a file.
 *
 * @param number 1, 2, 3 … per file, without gaps; goes on after the file was deleted and made again
 * @param author name of the principal that released it
 * @param message why, in the author's words; may be empty
 * @param timeMillis when, in milliseconds since 1970, by the clock of the node that served the call
 * @param revision the store's revision at which it was written
 * @param parent the release that was current before, or 0 when there was none
 * @param sha256 of {@code text}, 64 hexadecimal digits
 * @param md5 of {@code text}, 32 hexadecimal digits
 * @param text byte for byte as it was handed in
 */
public record Release(
        long number,
        ReleaseKind kind,
        String author,
        String message,
        long timeMillis,
        long revision,
        long parent,
        String sha256,
        String md5,
        Bytes text) {
    /** Longest message, in characters. */
    public static final int MESSAGE_LENGTH_MAX = 4096;

    /** Longest author, in characters. */
    public static final int AUTHOR_LENGTH_MAX = 256;

    public Release {
        if (number < 1) throw new IllegalArgumentException("number: " + number + " (expected: >= 1)");
        if (author.length() > AUTHOR_LENGTH_MAX)
            throw new IllegalArgumentException(
                    "author: " + author.length() + " characters (expected: <= " + AUTHOR_LENGTH_MAX + ")");
        if (message.length() > MESSAGE_LENGTH_MAX)
            throw new IllegalArgumentException(
                    "message: " + message.length() + " characters (expected: <= " + MESSAGE_LENGTH_MAX + ")");
        if (revision < 0) throw new IllegalArgumentException("revision: " + revision + " (expected: >= 0)");
        if (parent < 0 || parent >= number)
            throw new IllegalArgumentException("parent: " + parent + " (expected: 0.." + (number - 1) + ")");
        if (sha256.length() != 64)
            throw new IllegalArgumentException("sha256: " + sha256.length() + " digits (expected: 64)");
        if (md5.length() != 32) throw new IllegalArgumentException("md5: " + md5.length() + " digits (expected: 32)");
    }
}
