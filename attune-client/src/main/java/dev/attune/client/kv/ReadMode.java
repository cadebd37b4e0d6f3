package dev.attune.client.kv;

/**
 * How new a read must be (G2).
 *
 * @param linearizable whether everything acknowledged before must be seen
 * @param minRevision otherwise the oldest state that will do, 0 for any
 */
public record ReadMode(boolean linearizable, long minRevision) {
    /** Sees everything acknowledged before the read began; the default. */
    public static final ReadMode LINEARIZABLE = new ReadMode(true, 0);

    /** Whatever the member at hand has. */
    public static final ReadMode STALE = new ReadMode(false, 0);

    public static ReadMode atLeast(long revision) {
        return new ReadMode(false, revision);
    }
}
