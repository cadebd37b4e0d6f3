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
import dev.attune.tuning.statistic.Points;
import dev.attune.tuning.statistic.SequentialCounts;
import dev.attune.tuning.statistic.SequentialCounts.Count;
import dev.attune.tuning.verdict.Guard;
import dev.attune.tuning.verdict.GuardEvidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads from the signals what a stage's guards are judged by: of each instance that is compared, its level at each point of
 * time before and after the change, and how many events there were (tuning §3.6). What was measured before comes from the
 * buffer, so a stage can begin at once; what an earlier rollout disturbed is left out of it. A view of the store; one thread.
 *
 * @param store the application's signals
 * @param fleet who is on which side
 * @param facts for expressions that ask for more than signals
 * @param change when the canaries got the new release
 * @param pointMillis between two points; best no shorter than the windows of the expressions
 * @param disturbances when other changes were tried on some of the instances
 */
public record StageReadings(
        SignalStore store, Fleet fleet, Facts facts, Change change, long pointMillis, Disturbances disturbances) {
    /** Points before the change. */
    public static final int POINTS_BEFORE = 60;

    /** How far back they are looked for, in points, when something disturbed the newest. */
    private static final int REACH = 3 * POINTS_BEFORE;

    private static final int POINTS_AFTER_MAX = 360;
    private static final long MINUTE_MILLIS = 60_000;
    private static final double KNOWN_MIN = 0.8;

    /** Points before the change without which an instance is young. */
    private static final int POINTS_KNOWN_MIN = 24;

    private static final long YOUNG_MILLIS = 300_000;

    /** How long an instance is unlike itself after its start. */
    public static final long STARTING_MILLIS = 60_000;

    public StageReadings {
        if (pointMillis < Steps.STEP_MILLIS)
            throw new IllegalArgumentException("pointMillis: " + pointMillis + " (expected: >= 10000)");
    }

    /**
     * When the canaries got the release, in milliseconds since 1970.
     *
     * @param begunMillis before it none of them had it
     * @param settledMillis from then on all of them had it
     */
    public record Change(long begunMillis, long settledMillis) {
        public Change {
            if (begunMillis > settledMillis)
                throw new IllegalArgumentException(
                        "begunMillis: " + begunMillis + " (expected: <= " + settledMillis + ")");
        }

        /** The begin of the first whole step after it. */
        public long afterMillis() {
            return -Math.floorDiv(-settledMillis, Steps.STEP_MILLIS) * Steps.STEP_MILLIS;
        }

        /**
         * Where what was before ends: a step early, as clocks differ, and one bad sample among the good would look like
         * noise that hides the next.
         */
        public long beforeMillis() {
            return Math.floorDiv(begunMillis, Steps.STEP_MILLIS) * Steps.STEP_MILLIS - Steps.STEP_MILLIS;
        }
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
     * An instance's points before a change without those of its first minute, when it was first measured among them: caches
     * are empty and code is not compiled yet, so they are unlike all others.
     *
     * @param points oldest first; not a number where one is unknown
     */
    public static double[] withoutStart(double[] points, long pointMillis) {
        double[] settled = points.clone();
        int first = 0;
        while (first < points.length && Double.isNaN(points[first])) first++;
        if (first == 0) return settled;
        long end = Math.min(points.length, first - Math.floorDiv(-STARTING_MILLIS, pointMillis));
        for (int k = first; k < end; k++) settled[k] = Double.NaN;
        return settled;
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
        long start = change.afterMillis();
        long observedMillis = Steps.watermark(nowMillis) * Steps.STEP_MILLIS + Steps.STEP_MILLIS - start;
        int after = (int) Math.max(0, Math.min(POINTS_AFTER_MAX, Math.floorDiv(observedMillis, pointMillis)));
        List<LevelsOf> all = new ArrayList<>();
        long[] ends = endsBefore(change.beforeMillis(), pointMillis, disturbances);
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet()) {
            if (each.getValue() == Cohort.OTHER) continue;
            SignalQuery alone = query(nowMillis).onInstance(each.getKey());
            double[] known = new double[ends.length];
            for (int k = 0; k < known.length; k++) known[k] = value(expression, alone.at(ask(ends[k])));
            double[] before = withoutStart(known, pointMillis);
            double[] since = new double[after];
            for (int k = 0; k < after; k++) since[k] = value(expression, alone.at(ask(start + (k + 1) * pointMillis)));
            boolean isYoung = Points.known(before).length < POINTS_KNOWN_MIN;
            all.add(new LevelsOf(each.getValue() == Cohort.CANARY, isYoung, before, since));
        }
        List<LevelsOf> kept = settled(all);
        int measured = 0;
        for (LevelsOf each : kept) measured += Points.known(each.since).length;
        double gap = ends.length == 0 ? 1 : (double) (start + pointMillis - ends[ends.length - 1]) / pointMillis;
        return new GuardEvidence.Levels(
                guard,
                after > 0 && !kept.isEmpty() && measured >= KNOWN_MIN * after * kept.size(),
                gap,
                series(kept, true, LevelsOf::before),
                series(kept, false, LevelsOf::before),
                series(kept, true, LevelsOf::since),
                series(kept, false, LevelsOf::since));
    }

    /** What is compared of one instance. */
    private interface Of {
        boolean isCanary();

        /** Whether it is too new to be compared with others: the first minutes of a process are unlike the rest. */
        boolean isYoung();
    }

    private record LevelsOf(boolean isCanary, boolean isYoung, double[] before, double[] since) implements Of {}

    private record EventsOf(boolean isCanary, boolean isYoung, double events, double exposure) implements Of {}

    /** Without the young ones, on each side that has others (tuning §3.6). */
    private static <T extends Of> List<T> settled(List<T> all) {
        boolean canaries = all.stream().anyMatch(each -> each.isCanary() && !each.isYoung());
        boolean baseline = all.stream().anyMatch(each -> !each.isCanary() && !each.isYoung());
        return all.stream()
                .filter(each -> !each.isYoung() || !(each.isCanary() ? canaries : baseline))
                .toList();
    }

    private static List<double[]> series(List<LevelsOf> all, boolean canary, Function<LevelsOf, double[]> which) {
        return all.stream().filter(each -> each.isCanary() == canary).map(which).toList();
    }

    private double value(Expression expression, SignalQuery query) {
        Evaluation evaluation = expression.evaluate(query, facts);
        return evaluation.isMissing() ? Double.NaN : evaluation.value();
    }

    private GuardEvidence events(GuardSpec.Events spec, double earlier, long nowMillis) {
        long length = Steps.watermark(nowMillis) * Steps.STEP_MILLIS + Steps.STEP_MILLIS - change.afterMillis();
        if (length < Steps.STEP_MILLIS)
            return new GuardEvidence.Counts(spec.guard(), false, new Count(0, 0), new Count(0, 0), 1, earlier);
        List<EventsOf> seen = new ArrayList<>();
        int all = 0;
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet()) {
            if (each.getValue() == Cohort.OTHER) continue;
            all++;
            SignalQuery alone = query(nowMillis).onInstance(each.getKey());
            Selector exposure = spec.exposure();
            Reading whole =
                    exposure == null ? new Reading(length / 1_000.0, 1, 1, "") : alone.increase(exposure, length);
            Reading part = alone.increase(spec.events(), length);
            if (whole.isMissing() || (exposure == null && part.isMissing())) continue;
            boolean isYoung = exposure != null
                    && alone.at(ask(change.beforeMillis()))
                            .increase(exposure, YOUNG_MILLIS)
                            .isMissing();
            // An instance that never failed may not have the series of failures.
            double events = part.isMissing() ? 0 : part.value();
            seen.add(new EventsOf(each.getValue() == Cohort.CANARY, isYoung, events, whole.value()));
        }
        List<EventsOf> kept = settled(seen);
        return new GuardEvidence.Counts(
                spec.guard(),
                all > 0 && seen.size() >= KNOWN_MIN * all,
                count(kept, true),
                count(kept, false),
                dispersion(spec.events()),
                earlier);
    }

    private static Count count(List<EventsOf> all, boolean canary) {
        double events = 0;
        double exposure = 0;
        for (EventsOf each : all) {
            if (each.isCanary() != canary) continue;
            events += each.events();
            exposure += each.exposure();
        }
        return new Count(events, exposure);
    }

    /** Of the counts of each minute of an undisturbed hour before the change, of all who are compared. */
    private double dispersion(Selector events) {
        List<Double> minutes = new ArrayList<>();
        for (long end : endsBefore(change.beforeMillis(), MINUTE_MILLIS, disturbances)) {
            Reading count = query(ask(end)).increase(events, MINUTE_MILLIS);
            if (!count.isMissing()) minutes.add(count.value());
        }
        return SequentialCounts.dispersion(
                minutes.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** When to ask for windows that end at {@code endMillis}, as they end a step behind the one that is asked in. */
    private static long ask(long endMillis) {
        return endMillis + Steps.STEP_MILLIS;
    }

    private SignalQuery query(long atMillis) {
        return new SignalQuery(store, fleet, new Quality(Quality.DEFAULT.coverageMin(), 1), atMillis);
    }
}
