package dev.attune.tuning.verdict;

import dev.attune.tuning.statistic.Points;
import dev.attune.tuning.statistic.SequentialCounts;
import dev.attune.tuning.statistic.SequentialShift;
import dev.attune.tuning.statistic.SuddenShift;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a stage of a guarded rollout from everything known about it (tuning §3.6): fast failures first, then every
 * metric, by instance and not by request, so that instances which differ are not taken for a regression. A function of its
 * input; may be asked as often as wished.
 *
 * @param alpha the probability to roll a good change back, over all critical metrics and looks
 * @param timeMillisMin how long a stage is watched before it can pass
 * @param pointsMin how many points are enough when the bounds are still wider than the margin, and nothing speaks for a
 *     regression
 */
public record StageJudge(double alpha, long timeMillisMin, int pointsMin) {
    /** One good change in a hundred at most; three minutes; twelve points. */
    public static final StageJudge DEFAULT = new StageJudge(0.01, 180_000, 12);

    private static final int NEW_ERROR_LINES = 3;
    // The 0.999 quantile of chi-squared with one degree of freedom.
    private static final double CHI_SQUARED_LIMIT = 10.828;

    public StageJudge {
        if (!(alpha > 0 && alpha < 1)) throw new IllegalArgumentException("alpha: " + alpha + " (expected: 0..1)");
        if (timeMillisMin < 0)
            throw new IllegalArgumentException("timeMillisMin: " + timeMillisMin + " (expected: >= 0)");
        if (pointsMin < 1) throw new IllegalArgumentException("pointsMin: " + pointsMin + " (expected: >= 1)");
    }

    /** The verdict. */
    public StageVerdict judge(StageEvidence evidence) {
        String fast = fastFailure(evidence);
        if (!fast.isEmpty()) return new StageVerdict(Verdict.FAST_FAIL, fast, tiles(evidence));
        StageEvidence.Canaries canaries = evidence.canaries();
        double missing = canaries.planned() - canaries.acknowledged();
        if (missing * missing / canaries.planned() > CHI_SQUARED_LIMIT) {
            String why = canaries.acknowledged() + " of " + canaries.planned() + " canaries applied the release";
            return new StageVerdict(Verdict.INVALID, why, tiles(evidence));
        }
        List<GuardVerdict> tiles = tiles(evidence);
        if (!evidence.changedBeside().isEmpty()) {
            String why = "changed at the same time: " + evidence.changedBeside();
            return new StageVerdict(Verdict.CONFOUNDED, why, tiles);
        }
        return worst(evidence, tiles);
    }

    private StageVerdict worst(StageEvidence evidence, List<GuardVerdict> tiles) {
        Verdict verdict = Verdict.OK;
        String reason = "no guard objects";
        for (int i = 0; i < tiles.size(); i++) {
            GuardVerdict tile = tiles.get(i);
            if (!evidence.guards().get(i).guard().critical() || tile.verdict().compareTo(verdict) <= 0) continue;
            verdict = tile.verdict();
            reason = tile.guard() + ": " + tile.reason();
        }
        if (verdict == Verdict.OK && evidence.elapsedMillis() < timeMillisMin) {
            return new StageVerdict(
                    Verdict.INCONCLUSIVE, "watched for less than " + timeMillisMin / 1000 + " s", tiles);
        }
        return new StageVerdict(verdict, reason, tiles);
    }

    /** Test 3: what needs no statistics; empty when there is nothing of it. */
    private static String fastFailure(StageEvidence evidence) {
        StageEvidence.Canaries canaries = evidence.canaries();
        if (canaries.rejected() > 0) return canaries.rejected() + " canaries rejected the release";
        if (canaries.lost() * 2 >= canaries.planned())
            return canaries.lost() + " of " + canaries.planned() + " canaries were lost";
        for (StageEvidence.NewError each : evidence.newErrors()) {
            boolean spread = canaries.planned() == 1 ? each.canaryMinutes() >= 2 : each.canaryInstances() >= 2;
            if (each.canaryLines() >= NEW_ERROR_LINES && spread && each.baselineLines() == 0)
                return "new error on canaries only: template " + each.template() + ", " + each.canaryLines() + " lines";
        }
        for (GuardEvidence each : evidence.guards()) {
            String broken = broken(each);
            if (!broken.isEmpty()) return broken;
        }
        return "";
    }

    /** Whether the newest known values of the canaries, on average, are past the guard's absolute limit. */
    private static String broken(GuardEvidence evidence) {
        Guard guard = evidence.guard();
        if (Double.isNaN(guard.limit())) return "";
        double value = Double.NaN;
        if (evidence instanceof GuardEvidence.Levels levels) {
            double sum = 0;
            int known = 0;
            for (double[] points : levels.canaryAfter()) {
                double[] values = Points.known(points);
                if (values.length == 0) continue;
                sum += values[values.length - 1];
                known++;
            }
            if (known > 0) value = sum / known;
        } else if (evidence instanceof GuardEvidence.Counts counts
                && counts.canary().exposure() > 0) {
            value = counts.canary().events() / counts.canary().exposure();
        }
        if (!guard.breaks(value)) return "";
        return guard.name() + ": " + value + " is past the limit of " + guard.limit();
    }

    private List<GuardVerdict> tiles(StageEvidence evidence) {
        long critical = evidence.guards().stream()
                .filter(each -> each.guard().critical())
                .count();
        // Bonferroni: together the critical metrics keep to alpha.
        double each = alpha / Math.max(1, critical);
        List<GuardVerdict> tiles = new ArrayList<>();
        for (GuardEvidence guard : evidence.guards()) {
            tiles.add(
                    guard instanceof GuardEvidence.Levels levels
                            ? levels(levels, each, evidence.elapsedMillis())
                            : counts((GuardEvidence.Counts) guard, each));
        }
        return tiles;
    }

    private GuardVerdict levels(GuardEvidence.Levels levels, double level, long elapsedMillis) {
        Guard guard = levels.guard();
        List<double[]> canaryBefore = scaled(guard, levels.canaryBefore());
        List<double[]> baselineBefore = scaled(guard, levels.baselineBefore());
        double[] before = Points.difference(
                Points.centredMean(canaryBefore, canaryBefore), Points.centredMean(baselineBefore, baselineBefore));
        double[] after = Points.difference(
                Points.centredMean(canaryBefore, scaled(guard, levels.canaryAfter())),
                Points.centredMean(baselineBefore, scaled(guard, levels.baselineAfter())));
        // The fewest points that a verdict rests on are not worse than the margin because of one of them.
        double nearest = SequentialShift.POINTS_MIN * guard.allowed();
        double[] pre = Points.bounded(before, before, nearest);
        double[] post = Points.bounded(before, after, nearest);
        // Either test may find it; together they keep to the level.
        SequentialShift shift = SequentialShift.test(pre, post, guard.allowed(), level / 2);
        SequentialShift sudden = SuddenShift.test(pre, post, levels.gap(), guard.allowed(), level / 2);
        if (sudden.regression() && !shift.regression()) shift = sudden;
        Verdict verdict = Verdict.OK;
        String reason = "within the margin";
        if (shift.regression()) {
            verdict = Verdict.REGRESSION;
            reason = "worse by more than the margin";
        } else if (!levels.covered()) {
            verdict = Verdict.INCONCLUSIVE;
            reason = "too little was measured";
        } else if (shift.upper() >= guard.allowed()
                && (shift.points() < pointsMin || elapsedMillis < timeMillisMin || shift.shift() > guard.allowed())) {
            // What looks worse without proof is watched on, and never passed for want of time.
            verdict = Verdict.INCONCLUSIVE;
            reason = "may still be worse than the margin";
        }
        int sign = guard.worse().sign();
        double low = change(guard, sign > 0 ? shift.lower() : -shift.upper());
        double high = change(guard, sign > 0 ? shift.upper() : -shift.lower());
        double change = shift.points() == 0 ? Double.NaN : change(guard, sign * shift.shift());
        return new GuardVerdict(
                guard.name(), verdict, change, low, high, shift.logLikelihoodRatio(), shift.points(), reason);
    }

    /** On the scale of comparison, larger being worse. */
    private static List<double[]> scaled(Guard guard, List<double[]> points) {
        List<double[]> scaled = new ArrayList<>();
        for (double[] each : points) {
            double[] values = guard.scale() == Guard.Scale.RATIO ? Points.logarithms(each) : each.clone();
            if (guard.worse() == Guard.Worse.DOWN) for (int t = 0; t < values.length; t++) values[t] = -values[t];
            scaled.add(values);
        }
        return scaled;
    }

    private static double change(Guard guard, double shift) {
        return guard.scale() == Guard.Scale.RATIO ? StrictMath.expm1(shift) : shift;
    }

    private GuardVerdict counts(GuardEvidence.Counts counts, double level) {
        SequentialCounts test = SequentialCounts.test(
                counts.canary(),
                counts.baseline(),
                counts.guard().margin(),
                counts.dispersion(),
                counts.earlier(),
                level);
        Verdict verdict = test.regression() ? Verdict.REGRESSION : Verdict.OK;
        String reason = test.regression() ? "more often than the margin allows" : "not more often than allowed";
        if (!test.regression() && (!counts.covered() || counts.canary().exposure() <= 0)) {
            verdict = Verdict.INCONCLUSIVE;
            reason = "too little was measured";
        }
        return new GuardVerdict(
                counts.guard().name(),
                verdict,
                test.rateRatio() - 1,
                Double.NaN,
                Double.NaN,
                test.logLikelihoodRatio(),
                (int) Math.min(Integer.MAX_VALUE, counts.canary().events()),
                reason);
    }
}
