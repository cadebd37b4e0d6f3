package dev.attune.tuning.verdict;

import dev.attune.tuning.statistic.Ar1;
import dev.attune.tuning.statistic.Cusum;
import dev.attune.tuning.statistic.Points;

/**
 * Verifies a change that all instances got at once: nothing can be compared with, so the metric is compared with its own
 * last hour, each point of a minute or more against what the one before it let expect (tuning §3.7, §3.8). Not controlled: anything
 * else that happened at the time is blamed on the change, and a report must say so.
 */
public final class BeforeAfter {
    /** Points before the change that are needed. */
    public static final int POINTS_MIN = 10;

    private BeforeAfter() {}

    /**
     * Judges.
     *
     * @param before means of a minute each, oldest first, of about an hour
     * @param after those since the change
     */
    public static GuardVerdict judge(Guard guard, double[] before, double[] after) {
        double[] known = Points.known(before);
        double[] since = Points.known(after);
        // An absolute limit needs no history.
        if (since.length > 0 && !Double.isNaN(guard.limit()) && guard.breaks(since[since.length - 1]))
            return verdict(guard, Verdict.FAST_FAIL, Double.NaN, since.length, "past the absolute limit");
        if (known.length < POINTS_MIN || since.length == 0)
            return verdict(guard, Verdict.INCONCLUSIVE, Double.NaN, since.length, "too little was measured");
        Ar1 usual = Ar1.fit(known);
        double sum = 0;
        for (double each : since) sum += each;
        double change = guard.scale() == Guard.Scale.RATIO
                ? sum / since.length / usual.mean() - 1
                : sum / since.length - usual.mean();
        double[] surprises = usual.surprises(known[known.length - 1], since);
        for (int t = 0; t < surprises.length; t++) surprises[t] *= guard.worse().sign();
        boolean beyond = change * guard.worse().sign() > guard.margin();
        if (beyond && Cusum.STANDARD.firstAlarm(surprises) >= 0)
            return verdict(
                    guard,
                    Verdict.REGRESSION,
                    change,
                    since.length,
                    "worse than before (before/after, not controlled)");
        return verdict(guard, Verdict.OK, change, since.length, "as before (before/after, not controlled)");
    }

    private static GuardVerdict verdict(Guard guard, Verdict verdict, double change, int points, String reason) {
        return new GuardVerdict(guard.name(), verdict, change, Double.NaN, Double.NaN, Double.NaN, points, reason);
    }
}
