package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of an instance survives its process. */
final class InstanceDisk {
    private final TreeMap<Long, Staged> staged = new TreeMap<>();
    private Map<Coordinate, Long> snapshot = Map.of();
    private long revision;

    /** A state that is held, and the step at which it was asked to be. */
    record Staged(long step, Map<Coordinate, Long> state) {}

    /** The state last put in force. */
    Map<Coordinate, Long> snapshot() {
        return snapshot;
    }

    /** The revision that it was of. */
    long revision() {
        return revision;
    }

    void write(Map<Coordinate, Long> state, long at) {
        snapshot = state;
        revision = at;
    }

    /** Values held until the decision is known, by rollout. */
    SortedMap<Long, Staged> staged() {
        return staged;
    }

    void stage(long rollout, Staged value) {
        staged.put(rollout, value);
    }

    void unstage(long rollout) {
        staged.remove(rollout);
    }

    /** Everything is gone. */
    void lose() {
        staged.clear();
        snapshot = Map.of();
        revision = 0;
    }
}
