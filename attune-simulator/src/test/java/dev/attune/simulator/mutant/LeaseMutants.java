package dev.attune.simulator.mutant;

import dev.attune.simulator.world.Parts;
import dev.attune.store.Lease;
import dev.attune.store.LeaseClock;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Bugs around leases. */
final class LeaseMutants {
    private LeaseMutants() {}

    /** Time passes four times as fast for leases, so a renewal at a third of it comes too late. */
    static final class HurriesLeases implements Parts {
        @Override
        public LeaseClock leaseClock(LongSupplier nanoTime, Supplier<Collection<Lease>> leases) {
            return new LeaseClock(() -> nanoTime.getAsLong() * 4, leases);
        }
    }
}
