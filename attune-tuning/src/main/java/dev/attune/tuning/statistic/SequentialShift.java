package dev.attune.tuning.statistic;

/**
 * Whether one group shifted against another by more than is allowed, looked at as often as one likes: difference in
 * differences with a mixture sequential probability ratio test (tuning §3.6, test 1; Robbins 1970; Johari, Koomen,
 * Pekelis, Walsh: Peeking at A/B tests, KDD 2017).
 *
 * <pre>
 *   mu0 = mean(before)            v1 = max(var(before), 5 * var(means of blocks of 5 of before))
 *   d   = mean(after) - mu0 - allowed        V = v1 / k + v1 / P
 *   ln L = 1/2 ln(V / (V + tau^2)) + 1/2 d^2 tau^2 / (V (V + tau^2))
 * </pre>
 *
 * <p>{@code before} and {@code after} are the differences between the groups at each point of time, larger being worse.
 * The variance comes from {@code before}, widened for autocorrelation; so the error is {@code alpha} only about.
 *
 * @param shift how much worse the group became against the other, without what is allowed
 * @param lower the shift's lower confidence bound, valid at any time
 * @param upper its upper bound
 * @param logLikelihoodRatio evidence for a shift beyond what is allowed
 * @param points how many points there were after
 * @param regression whether the evidence suffices
 */
public record SequentialShift(
        double shift, double lower, double upper, double logLikelihoodRatio, int points, boolean regression) {
    /** The spread of shifts that the mixture expects, in the unit of the points. */
    public static final double TAU = 0.2;

    /** Points after the change before anything is decided. */
    public static final int POINTS_MIN = 3;

    private static final int BLOCK = 5;

    /** Points before the change below which nothing is said. */
    static final int POINTS_BEFORE_MIN = 2 * BLOCK;

    static final double VARIANCE_MIN = 1e-8;

    /**
     * Tests.
     *
     * @param before differences before the change; not a number where one is unknown
     * @param after differences after it, likewise
     * @param allowed how much worse is still allowed
     * @param alpha the probability of a false alarm over all looks, 0..1
     */
    public static SequentialShift test(double[] before, double[] after, double allowed, double alpha) {
        double[] pre = Points.known(before);
        double[] post = Points.known(after);
        if (pre.length < POINTS_BEFORE_MIN || post.length == 0) return nothing(post.length);
        double blocks = BLOCK * Moments.variance(Moments.blockMeans(pre, BLOCK));
        double v1 = Math.max(VARIANCE_MIN, Math.max(Moments.variance(pre), blocks));
        double v = v1 / post.length + v1 / pre.length;
        return of(Moments.mean(post) - Moments.mean(pre), v, post.length, allowed, alpha);
    }

    /** Where too little is known. */
    static SequentialShift nothing(int points) {
        return new SequentialShift(0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, points, false);
    }

    /**
     * The evidence of an estimate.
     *
     * @param v its variance
     * @param points after the change
     */
    static SequentialShift of(double shift, double v, int points, double allowed, double alpha) {
        double beyond = shift - allowed;
        double tau2 = TAU * TAU;
        double evidence = 0.5 * StrictMath.log(v / (v + tau2)) + 0.5 * beyond * beyond * tau2 / (v * (v + tau2));
        double width = StrictMath.sqrt(
                v * (v + tau2) / tau2 * (2 * StrictMath.log(1 / alpha) + StrictMath.log((v + tau2) / v)));
        boolean regression = points >= POINTS_MIN && beyond > 0 && evidence >= StrictMath.log(1 / alpha);
        return new SequentialShift(shift, shift - width, shift + width, evidence, points, regression);
    }

    SequentialShift withoutRegression() {
        return new SequentialShift(shift, lower, upper, logLikelihoodRatio, points, false);
    }
}
