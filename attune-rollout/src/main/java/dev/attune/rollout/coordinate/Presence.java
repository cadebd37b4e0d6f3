package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceRef;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Counts for how long instances have had no connection, and for how long a rollout has stood where it stands, both from
 * when this leader first saw it (R7). Lives as long as its host leads. One thread.
 */
public final class Presence {
    private final TreeMap<InstanceRef, Long> absentSince = new TreeMap<>();
    private long step;
    private long stepSince;

    /**
     * Notes who is connected.
     *
     * @param clockMillis of a clock that never goes back
     */
    public void observe(long clockMillis, Iterable<InstanceRef> targets, SortedSet<InstanceRef> connected) {
        for (InstanceRef each : targets) {
            if (connected.contains(each)) absentSince.remove(each);
            else absentSince.putIfAbsent(each, clockMillis);
        }
    }

    /** For how long each target that is not connected has been so. */
    public Map<InstanceRef, Long> absentMillis(long clockMillis) {
        TreeMap<InstanceRef, Long> absent = new TreeMap<>();
        absentSince.forEach((instance, since) -> absent.put(instance, clockMillis - since));
        return absent;
    }

    /** How long the record has been seen at {@code present}; a step seen for the first time begins now. */
    public long elapsedMillis(long clockMillis, long present) {
        if (step != present) {
            step = present;
            stepSince = clockMillis;
        }
        return clockMillis - stepSince;
    }
}
