package dev.attune.tuning.statistic;

import java.util.List;
import java.util.stream.DoubleStream;

/** Series of points of several instances, made comparable. */
public final class Points {
    private static final double FAR = 6;

    /** Standard deviations in a median absolute deviation of the normal distribution. */
    private static final double NORMAL_PER_MAD = 1.4826;

    private Points() {}

    /** Without those that are not a number. */
    public static double[] known(double[] points) {
        return DoubleStream.of(points).filter(each -> !Double.isNaN(each)).toArray();
    }

    /** Natural logarithms; not a number of what is not positive. */
    public static double[] logarithms(double[] points) {
        return DoubleStream.of(points)
                .map(each -> each > 0 ? StrictMath.log(each) : Double.NaN)
                .toArray();
    }

    /**
     * The mean over instances at each point of time, each instance measured from its own mean before the change; so
     * instances may differ, and one that is silent for a while does not move the mean (tuning §3.6).
     *
     * @param before per instance, its points before the change
     * @param points per instance in the same order, the points to average
     */
    public static double[] centredMean(List<double[]> before, List<double[]> points) {
        if (before.size() != points.size())
            throw new IllegalArgumentException("instances: " + points.size() + " (expected: " + before.size() + ")");
        int length = points.stream().mapToInt(each -> each.length).min().orElse(0);
        double[] sums = new double[length];
        int[] counts = new int[length];
        for (int i = 0; i < points.size(); i++) {
            double own = Moments.mean(known(before.get(i)));
            if (Double.isNaN(own)) continue;
            for (int t = 0; t < length; t++) {
                double value = points.get(i)[t];
                if (Double.isNaN(value)) continue;
                sums[t] += value - own;
                counts[t]++;
            }
        }
        for (int t = 0; t < length; t++) sums[t] = counts[t] == 0 ? Double.NaN : sums[t] / counts[t];
        return sums;
    }

    /**
     * The points, with those that lie far from the others brought nearer: none is further from the median of the points
     * before, or of themselves, than six times the usual deviation before, or than {@code nearest} when that is more. So one
     * pause of one instance neither looks like a change nor hides one, while a change of most points stays what it is.
     *
     * @param before the points before the change
     * @param points those to be bounded
     * @param nearest what is never too far
     */
    public static double[] bounded(double[] before, double[] points, double nearest) {
        double[] usual = known(before);
        double[] now = known(points);
        if (usual.length == 0 || now.length == 0) return points.clone();
        double far = Math.max(nearest, FAR * NORMAL_PER_MAD * Moments.medianAbsoluteDeviation(usual));
        if (far <= 0) return points.clone();
        double lowest = Math.min(Moments.median(usual), Moments.median(now)) - far;
        double highest = Math.max(Moments.median(usual), Moments.median(now)) + far;
        return DoubleStream.of(points)
                .map(each -> Double.isNaN(each) ? each : Math.max(lowest, Math.min(highest, each)))
                .toArray();
    }

    /** Point by point, {@code a - b}, as long as both are. */
    public static double[] difference(double[] a, double[] b) {
        double[] difference = new double[Math.min(a.length, b.length)];
        for (int t = 0; t < difference.length; t++) difference[t] = a[t] - b[t];
        return difference;
    }
}
