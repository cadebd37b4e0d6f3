package dev.attune.simulator.judge;

import dev.attune.client.steps.LeaseHold;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What holders of leases count on, held against what becomes of the leases. Only where servers' clocks run true or slow:
 * a lease's time is the leader's.
 */
public final class HeldLeases {
    private final LongSupplier nanoTime;
    private final BooleanSupplier judged;
    private final Map<Long, LeaseHold> held = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();

    /**
     * @param nanoTime the holders' clock, which runs true
     * @param judged whether no server's clock has run fast or jumped so far
     */
    public HeldLeases(LongSupplier nanoTime, BooleanSupplier judged) {
        this.nanoTime = nanoTime;
        this.judged = judged;
    }

    /** Somebody counts on a lease from now on. */
    public void holds(long id, LeaseHold hold) {
        held.put(id, hold);
        if (ended.contains(id)) check(id, hold);
    }

    /** Nobody counts on it any more. */
    public void letGo(long id) {
        held.remove(id);
    }

    /** A lease was ended by the log. */
    public void ended(long id) {
        ended.add(id);
        LeaseHold hold = held.remove(id);
        if (hold != null) check(id, hold);
    }

    private void check(long id, LeaseHold hold) {
        if (judged.getAsBoolean() && hold.holds(nanoTime.getAsLong()))
            throw new BrokenInvariant(Invariant.LEASE_KEPT, "lease " + id + " ended within its time");
    }
}
