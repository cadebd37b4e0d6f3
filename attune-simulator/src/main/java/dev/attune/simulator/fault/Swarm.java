package dev.attune.simulator.fault;

import dev.attune.simulator.chance.Chance;
import java.util.ArrayList;
import java.util.List;

/**
 * How one seed weighs the faults. About two in five kinds are off, so that rare combinations are not drowned by the
 * usual ones; one seed in sixteen has no fault at all.
 */
public final class Swarm {
    private final int[] weights = new int[FaultKind.values().length];
    private final long gap;

    public Swarm(Chance chance) {
        boolean calm = chance.below(16) == 0;
        for (int i = 0; i < weights.length; i++) {
            int drawn = chance.below(10);
            weights[i] = calm || drawn < 4 ? 0 : 1 << (drawn - 4);
        }
        gap = 20_000L << chance.below(6);
    }

    public boolean on(FaultKind kind) {
        return weights[kind.ordinal()] > 0;
    }

    /** 0 when off, else {@code 1 … 32}. */
    public int weight(FaultKind kind) {
        return weights[kind.ordinal()];
    }

    /** About how long the world is left alone between two faults, in microseconds. */
    public long gap() {
        return gap;
    }

    /** The kinds that are on, for people. */
    public List<FaultKind> active() {
        List<FaultKind> active = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) if (on(kind)) active.add(kind);
        return active;
    }
}
