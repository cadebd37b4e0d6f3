package dev.attune.simulator.fault;

import java.util.EnumMap;
import java.util.Map;

/** How often each fault was injected. */
public final class FaultCounts {
    private final long[] counts = new long[FaultKind.values().length];

    public void count(FaultKind kind) {
        counts[kind.ordinal()]++;
    }

    public void add(FaultCounts other) {
        for (int i = 0; i < counts.length; i++) counts[i] += other.counts[i];
    }

    public long of(FaultKind kind) {
        return counts[kind.ordinal()];
    }

    public long total() {
        long total = 0;
        for (long count : counts) total += count;
        return total;
    }

    /** Every kind, also those never injected. */
    public Map<FaultKind, Long> all() {
        Map<FaultKind, Long> all = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) all.put(kind, counts[kind.ordinal()]);
        return all;
    }
}
