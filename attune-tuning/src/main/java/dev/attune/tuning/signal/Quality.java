package dev.attune.tuning.signal;

/**
 * How complete data must be to count (tuning §2.2).
 *
 * @param coverageMin the least observed share of a window, per instance, 0..1; an instance below it is left out
 * @param instancesMin how many instances must be left; 0 for the greater of two and half of those connected
 */
public record Quality(double coverageMin, int instancesMin) {
    /** 80 % of the window, on two instances and half of the fleet. */
    public static final Quality DEFAULT = new Quality(0.8, 0);

    public Quality {
        if (!(coverageMin >= 0 && coverageMin <= 1))
            throw new IllegalArgumentException("coverageMin: " + coverageMin + " (expected: 0..1)");
        if (instancesMin < 0) throw new IllegalArgumentException("instancesMin: " + instancesMin + " (expected: >= 0)");
    }

    int required(int expected) {
        return instancesMin > 0 ? instancesMin : Math.max(2, (expected + 1) / 2);
    }
}
