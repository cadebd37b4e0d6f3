package dev.attune.server.verdicts;

import dev.attune.server.signals.SignalScope;
import dev.attune.server.signals.Signals;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.StageReadings;
import dev.attune.tuning.policy.StageReadings.Change;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Disturbances;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.Steps;
import dev.attune.tuning.statistic.Points;
import dev.attune.tuning.verdict.BeforeAfter;
import dev.attune.tuning.verdict.GuardEvidence;
import dev.attune.tuning.verdict.GuardVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Reads what a stage's guards are judged by from an application's signals.
 *
 * @param scope the application
 * @param sides who is compared with whom
 * @param change when the canaries got the new release
 * @param disturbances when other rollouts ran over the application
 */
record Evidence(
        Signals signals, SignalScope scope, SortedMap<String, Cohort> sides, Change change, Disturbances disturbances) {
    private static final long POINT_MILLIS_MIN = Steps.STEP_MILLIS;
    private static final long POINT_MILLIS_MAX = 60_000;
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(s|m|h)\\b");

    /** How far apart points of a guard are: as long as its longest window, so that they share little. */
    static long pointMillis(GuardSpec guard) {
        if (!(guard instanceof GuardSpec.Level level)) return POINT_MILLIS_MIN;
        long window = longestWindowMillis(level.expression().text());
        return Math.max(POINT_MILLIS_MIN, Math.min(POINT_MILLIS_MAX, window));
    }

    private static long longestWindowMillis(String expression) {
        long longest = 0;
        Matcher durations = DURATION.matcher(expression);
        while (durations.find()) {
            double seconds = Double.parseDouble(durations.group(1))
                    * (durations.group(2).equals("m") ? 60 : durations.group(2).equals("h") ? 3_600 : 1);
            longest = Math.max(longest, (long) (seconds * 1_000));
        }
        return longest;
    }

    /** Against the baseline. */
    List<GuardEvidence> compared(List<GuardSpec> guards, Map<String, Double> earlier, long nowMillis) {
        return signals.ask(scope, nowMillis, view -> {
            List<GuardEvidence> all = new ArrayList<>();
            for (GuardSpec each : guards) {
                StageReadings readings = new StageReadings(
                        view.store(), new Fleet(sides), facts(), change, pointMillis(each), disturbances);
                readings.read(each, earlier.getOrDefault(each.guard().name(), 0.0), nowMillis)
                        .ifPresent(all::add);
            }
            return all;
        });
    }

    /** Against the canaries' own past, where nobody is left to compare with; of levels only. */
    List<GuardVerdict> alone(List<GuardSpec> guards, long nowMillis) {
        return signals.ask(scope, nowMillis, view -> {
            List<GuardVerdict> all = new ArrayList<>();
            for (GuardSpec each : guards) {
                if (!(each instanceof GuardSpec.Level level)) continue;
                long begin = change.afterMillis();
                long point = POINT_MILLIS_MAX;
                long end = (Steps.watermark(nowMillis) + 1) * Steps.STEP_MILLIS;
                int after = (int) Math.max(0, (end - begin) / point);
                SignalQuery query = new SignalQuery(view.store(), new Fleet(sides), new Quality(0.8, 1), nowMillis);
                all.add(BeforeAfter.judge(
                        each.guard(),
                        points(level, query, StageReadings.endsBefore(change.beforeMillis(), point, disturbances)),
                        points(level, query, endsAfter(begin, point, after))));
            }
            return all;
        });
    }

    private static long[] endsAfter(long beginMillis, long pointMillis, int count) {
        return LongStream.rangeClosed(1, count)
                .map(each -> beginMillis + each * pointMillis)
                .toArray();
    }

    private double[] points(GuardSpec.Level level, SignalQuery query, long[] ends) {
        double[] points = new double[ends.length];
        for (int k = 0; k < ends.length; k++) {
            // A window ends one step behind the one it is asked in.
            points[k] = value(level.expression().evaluate(query.at(ends[k] + Steps.STEP_MILLIS), facts()));
        }
        return points;
    }

    private static double value(Evaluation evaluation) {
        return evaluation.isMissing() ? Double.NaN : evaluation.value();
    }

    /**
     * How many of the points before a change at {@code nowMillis} are known and were not disturbed, of the better half of
     * the instances: the fewest there. Others may be young, and are left out of the comparison.
     */
    static int knownBefore(
            Signals signals, SignalScope scope, GuardSpec.Level guard, Disturbances disturbances, long nowMillis) {
        long newest = (Steps.at(nowMillis) - 1) * Steps.STEP_MILLIS;
        long[] ends = StageReadings.endsBefore(newest, pointMillis(guard), disturbances);
        return signals.ask(scope, nowMillis, view -> {
            List<Integer> all = new ArrayList<>();
            SignalQuery query = new SignalQuery(view.store(), view.fleet(), new Quality(0.8, 1), nowMillis);
            for (String instance : view.fleet().cohorts().keySet()) {
                SignalQuery alone = query.onInstance(instance);
                double[] points = new double[ends.length];
                for (int k = 0; k < ends.length; k++)
                    points[k] = value(guard.expression().evaluate(alone.at(ends[k] + Steps.STEP_MILLIS), Facts.NONE));
                all.add(Points.known(StageReadings.withoutStart(points, pointMillis(guard))).length);
            }
            if (all.isEmpty()) return 0;
            all.sort(Comparator.reverseOrder());
            int enough = Math.min(all.size(), Math.max(2, (all.size() + 1) / 2));
            return all.get(enough - 1);
        });
    }

    private Facts facts() {
        return Facts.changedAt(change.settledMillis());
    }
}
