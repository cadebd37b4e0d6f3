package dev.attune.simulator.reach;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each marked state was reached: those of the world, and those of the core as {@code paxos.NAME}. */
public final class Reach {
    private static final dev.attune.consensus.paxos.core.Marker[] CORE =
            dev.attune.consensus.paxos.core.Marker.values();

    private final long[] world = new long[Marker.values().length];
    private final long[] core = new long[CORE.length];
    private final long[] rollouts = new long[RolloutMarker.values().length];
    private boolean ofRollouts;

    public void mark(Marker marker) {
        world[marker.ordinal()]++;
    }

    /** Marks a state of the consensus core. */
    public void mark(dev.attune.consensus.paxos.core.Marker marker) {
        core[marker.ordinal()]++;
    }

    /** Marks a state of rollouts; from then on the names are those of such a world, {@code rollout.NAME}. */
    public void mark(RolloutMarker marker) {
        ofRollouts = true;
        rollouts[marker.ordinal()]++;
    }

    public void add(Reach other) {
        ofRollouts |= other.ofRollouts;
        for (int i = 0; i < rollouts.length; i++) rollouts[i] += other.rollouts[i];
        for (int i = 0; i < world.length; i++) world[i] += other.world[i];
        for (int i = 0; i < core.length; i++) core[i] += other.core[i];
    }

    /** Every marker by name, also the unreached ones; in a world of rollouts only those. */
    public Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        if (ofRollouts) {
            for (RolloutMarker marker : RolloutMarker.values())
                all.put("rollout." + marker.name(), rollouts[marker.ordinal()]);
            return all;
        }
        for (Marker marker : Marker.values()) all.put(marker.name(), world[marker.ordinal()]);
        for (dev.attune.consensus.paxos.core.Marker marker : CORE)
            all.put("paxos." + marker.name(), core[marker.ordinal()]);
        return all;
    }

    /** The names of those never reached. */
    public List<String> unreached() {
        List<String> unreached = new ArrayList<>();
        all().forEach((name, count) -> {
            if (count == 0) unreached.add(name);
        });
        return unreached;
    }
}
