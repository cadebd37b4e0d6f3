package dev.attune.server.node;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.store.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The leader's deadlines of leases, by its monotonic clock. Deadlines are not state: whoever becomes leader gives every
 * lease its full time again, so a lease may live longer than its time but never shorter.
 */
final class LeaseClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoTime;
    private final Supplier<Collection<Lease>> leases;
    private final Map<Long, Running> running = new HashMap<>();
    private boolean leading;
    private boolean changed;

    LeaseClock(LongSupplier nanoTime, Supplier<Collection<Lease>> leases) {
        this.nanoTime = nanoTime;
        this.leases = leases;
    }

    synchronized void leadershipChanged(boolean nowLeading) {
        running.clear();
        leading = nowLeading;
        changed = nowLeading;
    }

    /** Leases were granted or ended. */
    synchronized void leasesChanged() {
        changed = true;
    }

    /** The full time again; fails unless this member leads and knows the lease. */
    synchronized long keepAlive(long id) {
        Running lease = require(id);
        lease.deadlineNanos = nanoTime.getAsLong() + lease.ttlMillis * NANOS_PER_MILLI;
        lease.ending = false;
        return lease.ttlMillis;
    }

    synchronized long remainingMillis(long id) {
        Running lease = require(id);
        return Math.max(0, (lease.deadlineNanos - nanoTime.getAsLong()) / NANOS_PER_MILLI);
    }

    /** The leases whose time is over and which were not named since {@link #again}; to be revoked through the log. */
    synchronized List<Long> expired() {
        if (!leading) return List.of();
        reconcile();
        long now = nanoTime.getAsLong();
        List<Long> over = new ArrayList<>();
        running.forEach((id, lease) -> {
            if (lease.ending || lease.deadlineNanos - now > 0) return;
            lease.ending = true;
            over.add(id);
        });
        return over;
    }

    /** A revocation certainly failed: the lease is named again. */
    synchronized void again(long id) {
        Running lease = running.get(id);
        if (lease != null) lease.ending = false;
    }

    private Running require(long id) {
        if (!leading) throw new AttuneException(ErrorCode.NOT_LEADER, "Only the leader keeps the time of leases.");
        reconcile();
        Running lease = running.get(id);
        if (lease == null) throw new AttuneException(ErrorCode.LEASE_NOT_FOUND, "lease " + id + " not found");
        return lease;
    }

    private void reconcile() {
        if (!changed) return;
        changed = false;
        long now = nanoTime.getAsLong();
        Map<Long, Running> before = new HashMap<>(running);
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
