package dev.attune.tuning.statistic;

import java.util.Arrays;

/** Means, spreads and order statistics of plain arrays; all sums run from the first element to the last. */
public final class Moments {
    /** Makes the median absolute deviation comparable with the standard deviation of normal data. */
    public static final double MAD_TO_SIGMA = 1.4826;

    private Moments() {}

    /** The mean; not a number of nothing. */
    public static double mean(double[] values) {
        double sum = 0;
        for (double value : values) sum += value;
        return sum / values.length;
    }

    /** The unbiased variance; 0 of fewer than two values. */
    public static double variance(double[] values) {
        if (values.length < 2) return 0;
        double mean = mean(values);
        double sum = 0;
        for (double value : values) sum += (value - mean) * (value - mean);
        return sum / (values.length - 1);
    }

    public static double standardDeviation(double[] values) {
        return StrictMath.sqrt(variance(values));
    }

    /** The middle value; the mean of the two middle ones of an even number; not a number of nothing. */
    public static double median(double[] values) {
        return quantile(values, 0.5);
    }

    /** The {@code q}-quantile, linear between neighbours (Hyndman and Fan, type 7); not a number of nothing. */
    public static double quantile(double[] values, double q) {
        if (!(q >= 0 && q <= 1)) throw new IllegalArgumentException("q: " + q + " (expected: 0..1)");
        if (values.length == 0) return Double.NaN;
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double position = q * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /** The median distance from the median. */
    public static double medianAbsoluteDeviation(double[] values) {
        double median = median(values);
        double[] distances = new double[values.length];
        for (int i = 0; i < values.length; i++) distances[i] = Math.abs(values[i] - median);
        return median(distances);
    }

    /** The means of successive blocks of {@code size} values; an incomplete last block is left out. */
    public static double[] blockMeans(double[] values, int size) {
        double[] means = new double[values.length / size];
        for (int block = 0; block < means.length; block++)
            means[block] = mean(Arrays.copyOfRange(values, block * size, (block + 1) * size));
        return means;
    }
}
