package dev.attune.tuning.policy;

import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Disturbances;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Reading;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.signal.Steps;
import dev.attune.tuning.statistic.SequentialCounts;
import dev.attune.tuning.statistic.SequentialCounts.Count;
import dev.attune.tuning.verdict.Guard;
import dev.attune.tuning.verdict.GuardEvidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads from the signals what a stage's guards are judged by: of each instance that is compared, its level at each point of
 * time before and after the change, and how many events there were (tuning §3.6). What was measured before comes from the
 * buffer, so a stage can begin at once; what an earlier rollout disturbed is left out of it. A view of the store; one thread.
 *
 * @param store the application's signals
 * @param fleet who is on which side
 * @param facts for expressions that ask for more than signals
 * @param changedAtMillis when the canaries had the new release
 * @param pointMillis between two points; best no shorter than the windows of the expressions
 * @param disturbances when other changes were tried on some of the instances
 */
public record StageReadings(
        SignalStore store,
        Fleet fleet,
        Facts facts,
        long changedAtMillis,
        long pointMillis,
        Disturbances disturbances) {
    /** Points before the change. */
    public static final int POINTS_BEFORE = 60;

    /** How far back they are looked for, in points, when something disturbed the newest. */
    private static final int REACH = 3 * POINTS_BEFORE;

    private static final int POINTS_AFTER_MAX = 360;
    private static final long MINUTE_MILLIS = 60_000;
    private static final long SETTLING_MILLIS = 60_000;
    private static final double KNOWN_MIN = 0.8;

    public StageReadings {
        if (pointMillis < Steps.STEP_MILLIS)
            throw new IllegalArgumentException("pointMillis: " + pointMillis + " (expected: >= 10000)");
    }

    /**
     * Where the windows of the points before a change end, oldest first: the newest {@value #POINTS_BEFORE} that nothing
     * disturbed, and fewer when there are not so many within three times as long.
     *
     * @param newestMillis where the newest may end
     */
    public static long[] endsBefore(long newestMillis, long pointMillis, Disturbances disturbances) {
        long[] ends = new long[POINTS_BEFORE];
        int found = 0;
        for (int k = 0; k < REACH && found < POINTS_BEFORE; k++) {
            long end = newestMillis - k * pointMillis;
            if (!disturbances.touch(end - pointMillis, end)) ends[POINTS_BEFORE - ++found] = end;
        }
        return Arrays.copyOfRange(ends, POINTS_BEFORE - found, POINTS_BEFORE);
    }

    /**
     * The evidence of a guard; none of one that asks for new errors, which come from the logs.
     *
     * @param earlier the evidence that earlier stages left for a count
     */
    public Optional<GuardEvidence> read(GuardSpec spec, double earlier, long nowMillis) {
        if (spec instanceof GuardSpec.Level level)
            return Optional.of(levels(level.guard(), level.expression(), nowMillis));
        if (spec instanceof GuardSpec.Events events) return Optional.of(events(events, earlier, nowMillis));
        return Optional.empty();
    }

    private GuardEvidence levels(Guard guard, Expression expression, long nowMillis) {
        long start = startMillis();
        long observedMillis = Steps.watermark(nowMillis) * Steps.STEP_MILLIS + Steps.STEP_MILLIS - start;
        int after = (int) Math.max(0, Math.min(POINTS_AFTER_MAX, Math.floorDiv(observedMillis, pointMillis)));
        List<List<double[]>> points = new ArrayList<>();
        for (int i = 0; i < 4; i++) points.add(new ArrayList<>());
        int known = 0;
        int all = 0;
        long[] ends = endsBefore(endBeforeMillis(), pointMillis, disturbances);
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet()) {
            if (each.getValue() == Cohort.OTHER) continue;
            SignalQuery alone = query(nowMillis).onInstance(each.getKey());
            double[] before = new double[ends.length];
            for (int k = 0; k < before.length; k++) before[k] = value(expression, alone.at(ask(ends[k])));
            double[] since = new double[after];
            for (int k = 0; k < after; k++) {
                since[k] = value(expression, alone.at(ask(start + (k + 1) * pointMillis)));
                if (!Double.isNaN(since[k])) known++;
            }
            all += after;
            boolean canary = each.getValue() == Cohort.CANARY;
            points.get(canary ? 0 : 1).add(before);
            points.get(canary ? 2 : 3).add(since);
        }
        boolean covered = all > 0 && known >= KNOWN_MIN * all;
        return new GuardEvidence.Levels(guard, covered, points.get(0), points.get(1), points.get(2), points.get(3));
    }

    private double value(Expression expression, SignalQuery query) {
        Evaluation evaluation = expression.evaluate(query, facts);
        return evaluation.isMissing() ? Double.NaN : evaluation.value();
    }

    private GuardEvidence events(GuardSpec.Events spec, double earlier, long nowMillis) {
        long length = Steps.watermark(nowMillis) * Steps.STEP_MILLIS + Steps.STEP_MILLIS - startMillis();
        if (length < Steps.STEP_MILLIS)
            return new GuardEvidence.Counts(spec.guard(), false, new Count(0, 0), new Count(0, 0), 1, earlier);
        double[] sums = new double[4];
        int known = 0;
        int all = 0;
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet()) {
            if (each.getValue() == Cohort.OTHER) continue;
            all++;
            int side = each.getValue() == Cohort.CANARY ? 0 : 2;
            SignalQuery alone = query(nowMillis).onInstance(each.getKey());
            Selector exposure = spec.exposure();
            Reading whole =
                    exposure == null ? new Reading(length / 1_000.0, 1, 1, "") : alone.increase(exposure, length);
            Reading part = alone.increase(spec.events(), length);
            if (whole.isMissing() || (exposure == null && part.isMissing())) continue;
            known++;
            // An instance that never failed may not have the series of failures.
            sums[side] += part.isMissing() ? 0 : part.value();
            sums[side + 1] += whole.value();
        }
        return new GuardEvidence.Counts(
                spec.guard(),
                all > 0 && known >= KNOWN_MIN * all,
                new Count(sums[0], sums[1]),
                new Count(sums[2], sums[3]),
                dispersion(spec.events()),
                earlier);
    }

    /** Of the counts of each minute of an undisturbed hour before the change, of all who are compared. */
    private double dispersion(Selector events) {
        List<Double> minutes = new ArrayList<>();
        for (long end : endsBefore(endBeforeMillis(), MINUTE_MILLIS, disturbances)) {
            Reading count = query(ask(end)).increase(events, MINUTE_MILLIS);
            if (!count.isMissing()) minutes.add(count.value());
        }
        return SequentialCounts.dispersion(
                minutes.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The begin of the first whole step after the change. */
    private long startMillis() {
        return -Math.floorDiv(-changedAtMillis, Steps.STEP_MILLIS) * Steps.STEP_MILLIS;
    }

    /**
     * Where what was before ends: a minute early, as the first canaries changed before all had, and one bad sample among
     * the good would look like noise that hides the next.
     */
    private long endBeforeMillis() {
        return startMillis() - SETTLING_MILLIS;
    }

    /** When to ask for windows that end at {@code endMillis}, as they end a step behind the one that is asked in. */
    private static long ask(long endMillis) {
        return endMillis + Steps.STEP_MILLIS;
    }

    private SignalQuery query(long atMillis) {
        return new SignalQuery(store, fleet, new Quality(Quality.DEFAULT.coverageMin(), 1), atMillis);
    }
}
