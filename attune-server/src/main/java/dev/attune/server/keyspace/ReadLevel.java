package dev.attune.server.keyspace;

/**
 * How new a read must be (G2).
 *
 * @param linearizable whether a quorum confirms that nothing acknowledged is missed
 * @param minRevision otherwise: the read waits until this member has at least this revision; 0 for no wait
 */
public record ReadLevel(boolean linearizable, long minRevision) {
    /** Sees everything acknowledged before the read began; the default. */
    public static final ReadLevel LINEARIZABLE = new ReadLevel(true, 0);

    /** Whatever this member has; the answer names its revision. */
    public static final ReadLevel STALE = new ReadLevel(false, 0);

    public static ReadLevel atLeast(long revision) {
        return new ReadLevel(false, revision);
    }
}
