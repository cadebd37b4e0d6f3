package dev.attune.model.kv;

import dev.attune.model.Bytes;

/**
 * The keys an operation or watch concerns, in etcd's encoding.
 *
 * @param start the key itself, or the first key of the range; {@code \0} together with end {@code \0} is every key
 * @param end exclusive end of the range; empty for the single key {@code start}; {@code \0} for no upper bound
 */
public record KeyRange(Bytes start, Bytes end) {
    private static final Bytes ZERO = Bytes.wrap(new byte[] {0});

    /** Exactly one key. */
    public static KeyRange key(Bytes key) {
        return new KeyRange(key, Bytes.EMPTY);
    }

    /** Every key. */
    public static KeyRange all() {
        return new KeyRange(ZERO, ZERO);
    }

    /** {@code start} and every key after it. */
    public static KeyRange from(Bytes start) {
        return new KeyRange(start, ZERO);
    }

    /** Every key that starts with {@code prefix}; an empty prefix means every key. */
    public static KeyRange prefix(Bytes prefix) {
        if (prefix.isEmpty()) return all();
        byte[] end = prefix.toArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xff) {
                byte[] cut = java.util.Arrays.copyOf(end, i + 1);
                cut[i]++;
                return new KeyRange(prefix, Bytes.wrap(cut));
            }
        }
        return from(prefix);
    }

    public boolean isSingleKey() {
        return end.isEmpty();
    }

    /** Whether the range has no upper bound. */
    public boolean isUnbounded() {
        return end.equals(ZERO);
    }

    public boolean contains(Bytes key) {
        if (isSingleKey()) return key.equals(start);
        return key.compareTo(start) >= 0 && (isUnbounded() || key.compareTo(end) < 0);
    }
}
