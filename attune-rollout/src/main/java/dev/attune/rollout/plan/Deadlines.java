package dev.attune.rollout.plan;

/**
 * How long each phase may take, in milliseconds, counted by the leader from when it first saw the phase (R7).
 *
 * @param prepareMillis for the votes
 * @param stageMillis for holding the value durably
 * @param applyMillis for having it in force
 * @param undoMillis for forgetting it, or for having the former value in force again
 */
public record Deadlines(long prepareMillis, long stageMillis, long applyMillis, long undoMillis) {
    /** Longest time of a phase: a week. */
    public static final long MILLIS_MAX = 7L * 24 * 3600 * 1000;

    /** Half a minute each. */
    public static final Deadlines DEFAULT = new Deadlines(30_000, 30_000, 30_000, 30_000);

    public Deadlines {
        requireMillis("prepareMillis", 1, prepareMillis);
        requireMillis("stageMillis", 1, stageMillis);
        requireMillis("applyMillis", 1, applyMillis);
        requireMillis("undoMillis", 1, undoMillis);
    }

    static void requireMillis(String what, long min, long millis) {
        if (millis < min || millis > MILLIS_MAX)
            throw new IllegalArgumentException(what + ": " + millis + " (expected: " + min + ".." + MILLIS_MAX + ")");
    }
}
