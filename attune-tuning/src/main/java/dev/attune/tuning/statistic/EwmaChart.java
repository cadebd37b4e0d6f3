package dev.attune.tuning.statistic;

/**
 * The exponentially weighted control chart (Roberts 1959): an alarm once the weighted mean of standardised points is
 * further from 0 than {@code limit} of its own standard deviations (tuning §3.8).
 *
 * @param weight of the newest point, 0..1
 * @param limit in standard deviations of the weighted mean
 */
public record EwmaChart(double weight, double limit) {
    /** The usual chart. */
    public static final EwmaChart STANDARD = new EwmaChart(0.2, 3);

    /** The index of the first point at which a shift in either direction is found; -1 without one. */
    public int firstAlarm(double[] standardised) {
        double mean = 0;
        double forgotten = 1;
        for (int t = 0; t < standardised.length; t++) {
            mean = weight * standardised[t] + (1 - weight) * mean;
            forgotten *= (1 - weight) * (1 - weight);
            double sigma = StrictMath.sqrt(weight / (2 - weight) * (1 - forgotten));
            if (Math.abs(mean) > limit * sigma) return t;
        }
        return -1;
    }
}
