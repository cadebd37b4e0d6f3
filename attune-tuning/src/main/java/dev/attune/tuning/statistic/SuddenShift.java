package dev.attune.tuning.statistic;

/**
 * Whether one group shifted against another in one moment, by more than is allowed: the same question as {@link
 * SequentialShift}, asked of what each point adds to the one before it. Where instances drift, the last point before the
 * change foretells the first one after it much better than their mean does, so a sudden shift stands out sooner: in the
 * first surprise whole, and in each later one by what the drift would have taken back.
 *
 * <p>Generalised least squares of a step on an autocorrelated series (Prais and Winsten 1954), by the mixture of {@link
 * SequentialShift}; {@code phi} and the surprises' variance come from the points before:
 *
 * <pre>
 *   u(t) = y(t) - mu0 - phi^g (y(s) - mu0)       g points after the known point s before it
 *   u(t) = step * x(t) + noise                   x = 1 for the first after the change, else 1 - phi^g
 *   variance of the noise: sigma^2 (1 - phi^2g) / (1 - phi^2)
 * </pre>
 *
 * <p>It says nothing for a good change: one that comes bit by bit looks smaller than it is. Most points after the change
 * must show the shift too, so that the first one alone proves nothing.
 */
public final class SuddenShift {
    private SuddenShift() {}

    /**
     * Tests.
     *
     * @param before differences before the change, larger being worse; not a number where one is unknown
     * @param after differences after it, likewise
     * @param gap how far the first point after the change is from the last before it, in points; 1 when they follow each
     *     other
     * @param allowed how much worse is still allowed
     * @param alpha the probability of a false alarm over all looks, 0..1
     */
    public static SequentialShift test(double[] before, double[] after, double gap, double allowed, double alpha) {
        double[] pre = Points.known(before);
        double[] post = Points.known(after);
        if (pre.length < SequentialShift.POINTS_BEFORE_MIN || post.length == 0)
            return SequentialShift.nothing(post.length);
        Ar1 drift = Ar1.fit(pre);
        double mean = drift.mean();
        double squared = drift.phi() * drift.phi();
        double last = pre[pre.length - 1] - mean;
        double distance = gap + unknownAtEnd(before);
        double information = 0;
        double explained = 0;
        double ofMean = 0;
        boolean first = true;
        for (double each : after) {
            if (Double.isNaN(each)) {
                distance++;
                continue;
            }
            double kept = StrictMath.pow(drift.phi(), distance);
            double weight = (1 - squared) / (1 - kept * kept);
            double step = first ? 1 : 1 - kept;
            double surprise = each - mean - kept * last;
            information += weight * step * step;
            explained += weight * step * surprise;
            ofMean += weight * step * (1 - kept);
            last = each - mean;
            distance = 1;
            first = false;
        }
        double variance = Math.max(SequentialShift.VARIANCE_MIN, drift.sigma() * drift.sigma());
        double ofMeanVariance = variance / ((1 - drift.phi()) * (1 - drift.phi())) / pre.length;
        double share = ofMean / information;
        double v = variance / information + share * share * ofMeanVariance;
        SequentialShift shift = SequentialShift.of(explained / information, v, post.length, allowed, alpha);
        boolean shown = Moments.median(post) - Moments.median(pre) > allowed;
        return shown ? shift : shift.withoutRegression();
    }

    private static int unknownAtEnd(double[] points) {
        int unknown = 0;
        while (unknown < points.length && Double.isNaN(points[points.length - 1 - unknown])) unknown++;
        return unknown;
    }
}
