package dev.attune.rollout.plan;

/**
 * How many of the targeted instances must go along.
 *
 * @param basisPoints share of ten thousand, 1..10000; {@link #ALL} is everyone
 */
public record Quorum(int basisPoints) {
    /** Everyone: one that refuses, fails or is lost turns the rollout round. */
    public static final Quorum ALL = new Quorum(10_000);

    public Quorum {
        if (basisPoints < 1 || basisPoints > 10_000)
            throw new IllegalArgumentException("basisPoints: " + basisPoints + " (expected: 1..10000)");
    }

    /** At least {@code percent} of a hundred. */
    public static Quorum percent(int percent) {
        if (percent < 1 || percent > 100)
            throw new IllegalArgumentException("percent: " + percent + " (expected: 1..100)");
        return new Quorum(percent * 100);
    }

    /** How many of {@code targets} are enough, rounded up. */
    public int needed(int targets) {
        return (int) (((long) targets * basisPoints + 9_999) / 10_000);
    }

    /** Whether {@code yes} of {@code targets} are enough. */
    public boolean isReached(int yes, int targets) {
        return yes >= needed(targets);
    }

    /** Whether it can still be reached when {@code no} of {@code targets} do not go along. */
    public boolean isReachable(int no, int targets) {
        return targets - no >= needed(targets);
    }
}
