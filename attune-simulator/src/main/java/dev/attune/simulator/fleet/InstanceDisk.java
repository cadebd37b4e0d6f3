package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of an instance survives its process. */
final class InstanceDisk {
    private final TreeMap<Long, Map<Coordinate, Long>> staged = new TreeMap<>();
    private Map<Coordinate, Long> snapshot = Map.of();
    private long revision;

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
    SortedMap<Long, Map<Coordinate, Long>> staged() {
        return staged;
    }

    void stage(long rollout, Map<Coordinate, Long> value) {
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
