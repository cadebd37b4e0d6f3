package dev.attune.client.steps;

/**
 * When a lease is to be renewed, three times within its time, and when it counts as lost: when no renewal sent within
 * that time was answered, because the centre may then have ended it. Times are of any clock that does not go back; what
 * counts is when a request was sent, for the centre cannot have given time before. Safe to share between threads.
 */
public final class LeaseHold {
    private static final int RENEWALS = 3;

    private final long ttlNanos;
    private long confirmedNanos;
    private long renewedNanos;
    private boolean underWay;

    /** What is to be done now. */
    public enum Next {
        NOTHING,
        /** Send a renewal, then say {@link LeaseHold#answered} or {@link LeaseHold#unanswered}. */
        RENEW,
        /** Let go of whatever is held by it. */
        LOST
    }

    /**
     * @param ttlNanos the lease's time
     * @param grantedNanos when the grant was sent
     */
    public LeaseHold(long ttlNanos, long grantedNanos) {
        if (ttlNanos < 1) throw new IllegalArgumentException("ttlNanos: " + ttlNanos + " (expected: >= 1)");
        this.ttlNanos = ttlNanos;
        confirmedNanos = grantedNanos;
        renewedNanos = grantedNanos;
    }

    /** To be called several times within the lease's time. */
    public synchronized Next tick(long nowNanos) {
        if (!holds(nowNanos)) return Next.LOST;
        if (underWay || nowNanos - renewedNanos < ttlNanos / RENEWALS) return Next.NOTHING;
        underWay = true;
        renewedNanos = nowNanos;
        return Next.RENEW;
    }

    /** The renewal that was sent at {@code sentNanos} succeeded. */
    public synchronized void answered(long sentNanos) {
        underWay = false;
        if (sentNanos - confirmedNanos > 0) confirmedNanos = sentNanos;
    }

    /** The renewal under way failed; the next one comes in its time. */
    public synchronized void unanswered() {
        underWay = false;
    }

    /** Whether the centre certainly still has the lease, unless somebody revoked it. */
    public synchronized boolean holds(long nowNanos) {
        return nowNanos - confirmedNanos < ttlNanos;
    }
}
