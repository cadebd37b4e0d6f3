package dev.attune.tuning.statistic;

import org.hipparchus.special.Beta;

/**
 * Whether events come more often in one group than allowed, exact and looked at as often as one likes (tuning §3.6, test
 * 2): given how many there were in all, those of the group are binomial; its share is tested against the greatest allowed
 * one with a Beta mixture over larger shares (Robbins 1970).
 *
 * <pre>
 *   rho  = (1 + margin) E_C / ((1 + margin) E_C + E_B)
 *   ln L = lnB(a + S_C, b + S_B) - lnB(a, b) + ln(1 - I_rho(a + S_C, b + S_B)) - ln(1 - I_rho(a, b))
 *          - S_C ln rho - S_B ln(1 - rho)              a = 8 min(0.95, 1.5 rho), b = 8 - a
 * </pre>
 *
 * <p>Events in bursts are counted as one per burst: counts are divided by their {@link #dispersion}.
 *
 * @param logLikelihoodRatio evidence for a rate beyond what is allowed, of this stage and those before
 * @param rateRatio the group's rate over the other's; not a number while neither had events
 * @param regression whether the evidence suffices
 */
public record SequentialCounts(double logLikelihoodRatio, double rateRatio, boolean regression) {
    /**
     * Tests.
     *
     * @param group events and exposure (requests, or instance seconds) of the group
     * @param other those of the other
     * @param margin how much higher the group's rate may be, 0.5 for half as much again
     * @param dispersion of the counts before the change, at least 1
     * @param earlier the evidence of earlier stages, 0 at first
     * @param alpha the probability of a false alarm over all looks, 0..1
     */
    public static SequentialCounts test(
            Count group, Count other, double margin, double dispersion, double earlier, double alpha) {
        if (group.exposure() <= 0 || other.exposure() <= 0) return new SequentialCounts(earlier, Double.NaN, false);
        double rho = (1 + margin) * group.exposure() / ((1 + margin) * group.exposure() + other.exposure());
        double c = group.events() / Math.max(1, dispersion);
        double b = other.events() / Math.max(1, dispersion);
        double priorC = 8 * Math.min(0.95, 1.5 * rho);
        double priorB = 8 - priorC;
        double evidence = Beta.logBeta(priorC + c, priorB + b)
                - Beta.logBeta(priorC, priorB)
                + logUpperTail(rho, priorC + c, priorB + b)
                - logUpperTail(rho, priorC, priorB)
                - c * StrictMath.log(rho)
                - b * StrictMath.log(1 - rho);
        double total = earlier + evidence;
        double ratio = (group.events() / group.exposure()) / (other.events() / other.exposure());
        return new SequentialCounts(total, ratio, total >= StrictMath.log(1 / alpha));
    }

    /**
     * Events of a group.
     *
     * @param events at least 0
     * @param exposure what they are counted over
     */
    public record Count(double events, double exposure) {
        public Count {
            if (!(events >= 0)) throw new IllegalArgumentException("events: " + events + " (expected: >= 0)");
            if (!(exposure >= 0)) throw new IllegalArgumentException("exposure: " + exposure + " (expected: >= 0)");
        }
    }

    /** How much more than Poisson counts vary: variance over mean of the counts of equal times, at least 1. */
    public static double dispersion(double[] counts) {
        double mean = Moments.mean(counts);
        if (counts.length < 2 || mean <= 0) return 1;
        return Math.max(1, Moments.variance(counts) / mean);
    }

    /** The logarithm of {@code P(X > rho)}, {@code X} of Beta(a, b). */
    private static double logUpperTail(double rho, double a, double b) {
        return LogBeta.logRegularized(1 - rho, b, a);
    }
}
