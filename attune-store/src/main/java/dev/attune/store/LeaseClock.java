package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The leader's deadlines of leases, by its monotonic clock. Deadlines are not state: whoever becomes leader gives every
 * lease its full time again, so a lease may live longer than its time but never shorter. That time begins once the
 * claim to keep it is in the log ({@link Command.KeepLeases}): from then on no expiry that an earlier leader saw can end
 * anything.
 *
 * <p>Safe to share between threads.
 */
public final class LeaseClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private final Supplier<Collection<Lease>> leases;
    private final Map<Long, Running> running = new TreeMap<>();
    private boolean leading;
    private long term;
    private boolean claimed;
    private boolean changed;

    /**
     * @param nanoTime any clock that does not go back
     * @param leases those of this member's state
     */
    public LeaseClock(LongSupplier nanoTime, Supplier<Collection<Lease>> leases) {
        this.nanoTime = nanoTime;
        this.leases = leases;
    }

    /** This member began to lead in {@code nowTerm}, or ceased to. */
    public synchronized void leadershipChanged(boolean nowLeading, long nowTerm) {
        running.clear();
        leading = nowLeading;
        term = nowTerm;
        claimed = false;
        changed = nowLeading;
    }

    /** Leases were granted or ended. */
    public synchronized void leasesChanged() {
        changed = true;
    }

    /** The term to be claimed through the log; empty when that is done, there is no lease, or this member does not lead. */
    public synchronized OptionalLong unclaimed() {
        return leading && !claimed && !leases.get().isEmpty() ? OptionalLong.of(term) : OptionalLong.empty();
    }

    /** The claim of {@code ofTerm} is in the state: all leases have their full time from now on. */
    public synchronized void claimed(long ofTerm) {
        if (!leading || claimed || ofTerm != term) return;
        claimed = true;
        changed = true;
        reconcile();
    }

    /** The full time again; fails unless this member leads, has claimed that, and knows the lease. */
    public synchronized long keepAlive(long id) {
        Running lease = require(id);
        // The end may be in the log already: whoever is told otherwise would count on what is gone.
        if (lease.ending) throw new AttuneException(ErrorCode.UNAVAILABLE, "Lease " + id + " is about to end.");
        lease.deadlineNanos = nanoTime.getAsLong() + lease.ttlMillis * NANOS_PER_MILLI;
        return lease.ttlMillis;
    }

    /** What is left of the lease's time; fails as {@link #keepAlive} does. */
    public synchronized long remainingMillis(long id) {
        Running lease = require(id);
        return Math.max(0, (lease.deadlineNanos - nanoTime.getAsLong()) / NANOS_PER_MILLI);
    }

    /** What ends the leases whose time is over and which were not named since {@link #again}; for the log. */
    public synchronized List<Command.ExpireLease> expired() {
        if (!leading || !claimed) return List.of();
        reconcile();
        long now = nanoTime.getAsLong();
        List<Command.ExpireLease> over = new ArrayList<>();
        running.forEach((id, lease) -> {
            if (lease.ending || lease.deadlineNanos - now > 0) return;
            lease.ending = true;
            over.add(new Command.ExpireLease(id, term));
        });
        return over;
    }

    /** An expiry certainly had no effect: the lease is named again. */
    public synchronized void again(long id) {
        Running lease = running.get(id);
        if (lease != null) lease.ending = false;
    }

    /** An expiry is in the state. A lease of the same id that is there now was granted since, and has its full time. */
    public synchronized void ended(long id) {
        running.remove(id);
        changed = true;
    }

    private Running require(long id) {
        if (!leading) throw new AttuneException(ErrorCode.NOT_LEADER, "Only the leader keeps the time of leases.");
        if (claimed) reconcile();
        Running lease = running.get(id);
        if (lease != null) return lease;
        if (!claimed && leases.get().stream().anyMatch(each -> each.id() == id))
            throw new AttuneException(ErrorCode.UNAVAILABLE, "The leader has not yet taken over the time of leases.");
        throw new AttuneException(ErrorCode.LEASE_NOT_FOUND, "lease " + id + " not found");
    }

    private void reconcile() {
        if (!changed) return;
        changed = false;
        long now = nanoTime.getAsLong();
        Map<Long, Running> before = new TreeMap<>(running);
        running.clear();
        for (Lease lease : leases.get()) {
            Running known = before.get(lease.id());
            running.put(
                    lease.id(),
                    known != null ? known : new Running(lease.ttlMillis(), now + lease.ttlMillis() * NANOS_PER_MILLI));
        }
    }

    private static final class Running {
        private final long ttlMillis;
        private long deadlineNanos;
        private boolean ending;

        private Running(long ttlMillis, long deadlineNanos) {
            this.ttlMillis = ttlMillis;
            this.deadlineNanos = deadlineNanos;
        }
    }
}
