package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceRef;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Counts for how long instances have had no connection, how often they came back, and for how long a rollout has stood
 * where it stands, all from when this leader first saw it (R7). Lives as long as its host leads. One thread.
 */
public final class Presence {
    /** Stands for how long an instance is absent that does not stay: it came back {@link #RETURNS_MAX} times in a step. */
    public static final long RESTLESS = Long.MAX_VALUE;

    /**
     * How often an instance may come back in a step. An instance moves when its member of the cluster stops, so a rolling
     * restart of five members is not taken for a release that kills instances.
     */
    public static final int RETURNS_MAX = 6;

    private final TreeMap<InstanceRef, Long> absentSince = new TreeMap<>();
    private final TreeMap<InstanceRef, Integer> returns = new TreeMap<>();
    private long step;
    private long stepSince;

    /**
     * Notes who is connected.
     *
     * @param clockMillis of a clock that never goes back
     */
    public void observe(long clockMillis, Iterable<InstanceRef> targets, SortedSet<InstanceRef> connected) {
        for (InstanceRef each : targets) {
            if (connected.contains(each)) {
                if (absentSince.remove(each) != null) returns.merge(each, 1, Integer::sum);
            } else absentSince.putIfAbsent(each, clockMillis);
        }
    }

    /** For how long each target that is not connected has been so; {@link #RESTLESS} for one that does not stay. */
    public Map<InstanceRef, Long> absentMillis(long clockMillis) {
        TreeMap<InstanceRef, Long> absent = new TreeMap<>();
        absentSince.forEach((instance, since) -> absent.put(instance, clockMillis - since));
        returns.forEach((instance, count) -> {
            if (count >= RETURNS_MAX) absent.put(instance, RESTLESS);
        });
        return absent;
    }

    /** How long the record has been seen at {@code present}; a step seen for the first time begins now. */
    public long elapsedMillis(long clockMillis, long present) {
        if (step != present) {
            step = present;
            stepSince = clockMillis;
            returns.clear();
        }
        return clockMillis - stepSince;
    }
}
