package dev.attune.tuning.policy;

import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.signal.Reading;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.Steps;
import dev.attune.tuning.statistic.SequentialCounts;
import dev.attune.tuning.statistic.SequentialCounts.Count;
import dev.attune.tuning.verdict.BeforeAfter;
import dev.attune.tuning.verdict.Guard;
import dev.attune.tuning.verdict.GuardVerdict;
import dev.attune.tuning.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Judges the guards of a change that all instances got at once, against their own last hour (tuning §3.7). Points are a
 * minute each, as shorter ones resemble one another too much. Not controlled: there is nothing to compare with.
 *
 * @param query the application's signals now
 * @param facts for expressions that ask for more than signals
 * @param changedAtMillis when the instances had the new value
 */
public record FastReadings(SignalQuery query, Facts facts, long changedAtMillis) {
    private static final long POINT_MILLIS = 60_000;
    private static final int POINTS_BEFORE = 60;
    private static final int POINTS_AFTER_MAX = 120;
    private static final double NEW_ERROR_LINES = 3;
    private static final double ALPHA = 0.01;

    /** What each guard says. */
    public List<GuardVerdict> judge(List<GuardSpec> guards) {
        long critical = guards.stream().filter(each -> each.guard().critical()).count();
        List<GuardVerdict> verdicts = new ArrayList<>();
        for (GuardSpec each : guards) {
            if (each instanceof GuardSpec.Level level) {
                verdicts.add(BeforeAfter.judge(
                        level.guard(), points(level.expression(), true), points(level.expression(), false)));
            } else if (each instanceof GuardSpec.Events events) {
                verdicts.add(events(events, ALPHA / Math.max(1, critical)));
            } else {
                verdicts.add(newErrors(each.guard()));
            }
        }
        return verdicts;
    }

    private double[] points(Expression expression, boolean before) {
        long observed = observedMillis();
        int count = before ? POINTS_BEFORE : (int) Math.min(POINTS_AFTER_MAX, observed / POINT_MILLIS);
        double[] points = new double[count];
        for (int k = 0; k < count; k++) {
            long end =
                    before ? startMillis() - (count - 1L - k) * POINT_MILLIS : startMillis() + (k + 1L) * POINT_MILLIS;
            Evaluation evaluation = expression.evaluate(query.at(ask(end)), facts);
            points[k] = evaluation.isMissing() ? Double.NaN : evaluation.value();
        }
        return points;
    }

    /** Events since the change beside those of the time before it. */
    private GuardVerdict events(GuardSpec.Events spec, double alpha) {
        Guard guard = spec.guard();
        long observed = Math.min(observedMillis(), POINTS_AFTER_MAX * POINT_MILLIS);
        if (observed < Steps.STEP_MILLIS) return verdict(guard, Verdict.INCONCLUSIVE, Double.NaN, 0, "too early");
        Count after = count(spec, query.at(ask(startMillis() + observed)), observed);
        Count before = count(spec, query.at(ask(startMillis())), POINTS_BEFORE * POINT_MILLIS);
        // An absolute limit needs no history.
        if (after.exposure() > 0 && guard.breaks(after.events() / after.exposure()))
            return verdict(guard, Verdict.FAST_FAIL, Double.NaN, 1, "past the absolute limit");
        if (after.exposure() <= 0 || before.exposure() <= 0)
            return verdict(guard, Verdict.INCONCLUSIVE, Double.NaN, 0, "too little was measured");
        SequentialCounts test =
                SequentialCounts.test(after, before, guard.margin(), dispersion(spec.events()), 0, alpha);
        int events = (int) Math.min(Integer.MAX_VALUE, after.events());
        return test.regression()
                ? verdict(
                        guard,
                        Verdict.REGRESSION,
                        test.rateRatio() - 1,
                        events,
                        "more often than before (before/after, not controlled)")
                : verdict(
                        guard,
                        Verdict.OK,
                        test.rateRatio() - 1,
                        events,
                        "as often as before (before/after, not controlled)");
    }

    private static Count count(GuardSpec.Events spec, SignalQuery at, long windowMillis) {
        Selector exposure = spec.exposure();
        Reading part = at.increase(spec.events(), windowMillis);
        Reading whole = exposure == null ? part : at.increase(exposure, windowMillis);
        if (whole.isMissing()) return new Count(0, 0);
        // Instances that never failed may not have the series of failures.
        double events = part.isMissing() ? 0 : part.value();
        return new Count(events, exposure == null ? windowMillis / 1_000.0 : whole.value());
    }

    private double dispersion(Selector events) {
        List<Double> minutes = new ArrayList<>();
        for (int minute = 0; minute < POINTS_BEFORE; minute++) {
            Reading count = query.at(ask(startMillis() - minute * POINT_MILLIS)).increase(events, POINT_MILLIS);
            if (!count.isMissing()) minutes.add(count.value());
        }
        return SequentialCounts.dispersion(
                minutes.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private GuardVerdict newErrors(Guard guard) {
        long observed = observedMillis();
        if (observed < Steps.STEP_MILLIS) return verdict(guard, Verdict.INCONCLUSIVE, Double.NaN, 0, "too early");
        Selector lines = Selector.of("log_new_error_templates");
        Reading found = query.at(ask(startMillis() + observed)).increase(lines, observed);
        // Without such lines there is no series of them.
        double count = found.isMissing() ? 0 : found.value();
        if (count < NEW_ERROR_LINES) return verdict(guard, Verdict.OK, count, 1, "no new kind of error");
        return verdict(
                guard,
                Verdict.FAST_FAIL,
                count,
                1,
                String.format(Locale.ROOT, "%.0f error lines of a new kind since the change", count));
    }

    /** How much of the time since the change has been measured. */
    private long observedMillis() {
        long end = (Steps.watermark(query.nowMillis()) + 1) * Steps.STEP_MILLIS;
        return Math.max(0, end - startMillis());
    }

    /** The begin of the first whole step after the change. */
    private long startMillis() {
        return -Math.floorDiv(-changedAtMillis, Steps.STEP_MILLIS) * Steps.STEP_MILLIS;
    }

    /** When to ask for windows that end at {@code endMillis}, as they end a step behind the one that is asked in. */
    private static long ask(long endMillis) {
        return endMillis + Steps.STEP_MILLIS;
    }

    private static GuardVerdict verdict(Guard guard, Verdict verdict, double change, int points, String reason) {
        return new GuardVerdict(guard.name(), verdict, change, Double.NaN, Double.NaN, Double.NaN, points, reason);
    }
}
