package dev.attune.tuning.statistic;

import java.util.Arrays;

/**
 * The line through points with the least squared vertical distance.
 *
 * @param slope of the line
 * @param intercept where it meets x = 0
 * @param r2 the explained share of the variance, 0..1
 */
public record LeastSquares(double slope, double intercept, double r2) {
    /** Fits; all of x must not be the same. */
    public static LeastSquares fit(double[] x, double[] y) {
        if (x.length != y.length || x.length < 2)
            throw new IllegalArgumentException("points: " + x.length + ", " + y.length + " (expected: equal, >= 2)");
        double meanX = Moments.mean(x);
        double meanY = Moments.mean(y);
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        if (xx <= 0) throw new IllegalArgumentException("x: all equal (expected: at least two values)");
        double slope = xy / xx;
        return new LeastSquares(slope, meanY - slope * meanX, yy <= 0 ? 0 : xy * xy / (xx * yy));
    }

    /** Spearman's rank correlation: 1 when y always rises with x, -1 when it always falls. */
    public static double spearman(double[] x, double[] y) {
        double[] rankX = ranks(x);
        double[] rankY = ranks(y);
        if (Moments.variance(rankX) <= 0 || Moments.variance(rankY) <= 0) return 0;
        LeastSquares line = fit(rankX, rankY);
        return Math.copySign(StrictMath.sqrt(line.r2()), line.slope());
    }

    /** Equal values share the mean of their ranks. */
    private static double[] ranks(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double[] ranks = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int first = 0;
            while (sorted[first] < values[i]) first++;
            int last = first;
            while (last + 1 < sorted.length && sorted[last + 1] == values[i]) last++;
            ranks[i] = (first + last) / 2.0;
        }
        return ranks;
    }
}
