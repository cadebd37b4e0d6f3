package dev.attune.tuning.statistic;

import java.util.ArrayList;
import java.util.List;

/**
 * What is usual at this time of day: median and median absolute deviation of the same ten minutes on up to fourteen days
 * before, of weekdays or weekends alone when two full weeks are known (tuning §3.8).
 *
 * @param median what is usual
 * @param deviation how far usual values are from it, comparable with a standard deviation
 * @param days how many days this rests on
 */
public record SeasonalBaseline(double median, double deviation, int days) {
    /** Days looked at. */
    public static final int DAYS = 14;

    /**
     * The baseline on {@code day}.
     *
     * @param day days since the epoch, UTC
     * @param before the value of each day before, the nearest first; not a number where there is none
     */
    public static SeasonalBaseline of(long day, double[] before) {
        List<Double> all = new ArrayList<>();
        List<Double> alike = new ArrayList<>();
        for (int i = 0; i < Math.min(DAYS, before.length); i++) {
            if (Double.isNaN(before[i])) continue;
            all.add(before[i]);
            if (isWeekend(day - 1 - i) == isWeekend(day)) alike.add(before[i]);
        }
        List<Double> used = all.size() == DAYS ? alike : all;
        double[] values = used.stream().mapToDouble(Double::doubleValue).toArray();
        return new SeasonalBaseline(
                Moments.median(values), Moments.MAD_TO_SIGMA * Moments.medianAbsoluteDeviation(values), values.length);
    }

    /** How many usual deviations {@code value} lies above the median; not a number when nothing is known. */
    public double score(double value) {
        if (days < 2) return Double.NaN;
        return (value - median) / Math.max(deviation, 1e-9 * Math.max(1, Math.abs(median)));
    }

    // Day 0 was a Thursday.
    private static boolean isWeekend(long day) {
        long weekday = Math.floorMod(day, 7L);
        return weekday == 2 || weekday == 3;
    }
}
