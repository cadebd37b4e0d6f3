package dev.attune.tuning.statistic;

/**
 * The one-sided cumulative sum (Page 1954): {@code S = max(0, S + z - k)}, an alarm once {@code S >= h}. Expects
 * independent standardised points; on raw autocorrelated ones it raises many false alarms (tuning §3.8), so whiten them
 * with {@link Ar1} first.
 *
 * @param k the slack, in standard deviations
 * @param h the threshold, in standard deviations
 */
public record Cusum(double k, double h) {
    /** About 12,000 independent points between false alarms, 17 until a shift of one standard deviation is found. */
    public static final Cusum STANDARD = new Cusum(0.5, 8);

    /** The index of the first point at which an upward shift is found; -1 without one. */
    public int firstAlarm(double[] standardised) {
        double sum = 0;
        for (int t = 0; t < standardised.length; t++) {
            sum = Math.max(0, sum + standardised[t] - k);
            if (sum >= h) return t;
        }
        return -1;
    }
}
