package dev.attune.model.kv;

import dev.attune.model.Bytes;

/**
 * The part of the key space that Attune keeps its own records in: every key that starts with byte 0. Users' raw keys
 * never do, so one comparison separates the two and no key is ever translated.
 */
public final class SystemKeys {
    private static final Bytes FIRST_USER_KEY = Bytes.wrap(new byte[] {1});

    private SystemKeys() {}

    /** The system key {@code \0path}; {@code path} starts with the owner's word, for instance {@code file/}. */
    public static Bytes of(String path) {
        return Bytes.utf8("\0" + path);
    }

    public static boolean isSystem(Bytes key) {
        return !key.isEmpty() && key.at(0) == 0;
    }

    /**
     * The part of {@code range} that users may see. A range that ends before the first user key becomes the empty
     * range from that key to itself.
     */
    public static KeyRange userPart(KeyRange range) {
        if (range.isSingleKey() || range.start().compareTo(FIRST_USER_KEY) >= 0) return range;
        if (range.isUnbounded()) return KeyRange.from(FIRST_USER_KEY);
        boolean onlySystem = range.end().compareTo(FIRST_USER_KEY) <= 0;
        return new KeyRange(FIRST_USER_KEY, onlySystem ? FIRST_USER_KEY : range.end());
    }
}
