package dev.attune.rollout.plan;

/**
 * One stage of a progressive rollout. Its cohort is the first of the targets in the order of their places, so
 * that a later stage keeps everyone an earlier one had.
 *
 * @param count how many instances; 0 when a share is given
 * @param basisPoints which share of ten thousand of the targets; 0 when a count is given
 * @param minimumMillis how long it lasts at the least
 * @param judged whether it ends only when a judge says so
 */
public record Stage(int count, int basisPoints, long minimumMillis, boolean judged) {
    private static final int COUNT_MAX = 1_000_000;

    public Stage {
        boolean byCount = count >= 1 && count <= COUNT_MAX && basisPoints == 0;
        boolean byShare = count == 0 && basisPoints >= 1 && basisPoints <= 10_000;
        if (!byCount && !byShare)
            throw new IllegalArgumentException("stage: count " + count + " and basisPoints " + basisPoints
                    + " (expected: one of 1.." + COUNT_MAX + " and 1..10000, the other 0)");
        Deadlines.requireMillis("minimumMillis", 0, minimumMillis);
    }

    /** A stage of {@code count} instances. */
    public static Stage count(int count, long minimumMillis, boolean judged) {
        return new Stage(count, 0, minimumMillis, judged);
    }

    /** A stage of {@code percent} of a hundred instances. */
    public static Stage percent(int percent, long minimumMillis, boolean judged) {
        return new Stage(0, percent * 100, minimumMillis, judged);
    }

    /** Most instances of {@code targets} that have the new release in this stage: a share is rounded down, to 1 at least. */
    public int limit(int targets) {
        if (count > 0) return Math.min(count, targets);
        return Math.min(targets, (int) Math.max(1, (long) targets * basisPoints / 10_000));
    }
}
