package dev.attune.tuning.policy;

import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbMemory.Span;
import dev.attune.tuning.decision.ClimbTick.Measured;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.signal.Steps;
import dev.attune.tuning.statistic.Moments;
import dev.attune.tuning.statistic.Points;
import dev.attune.tuning.verdict.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads what a climb decides by: the reward of each instance at points of time, as many as the policy's windows, with the
 * candidate on some and the incumbent on the others at the same time, each instance measured from its own mean before
 * (tuning §3.4, §3.6). What was before is taken from moments at which no trial ran. A view of the store; one thread.
 *
 * <pre>
 *   D_t = mean over candidates (y_it - own mean before) - mean over the others (y_jt - own mean before)
 *   difference = mean of D_t over the windows - median of D_t before, of logarithms of y when all are positive
 *   error      = sqrt(v n / (n - 2) (1 / windows + pi / 2 / n)),  n points before, v = the greatest of their spread
 *                (1.4826 times the median absolute deviation) squared, var(D_t), windows * var(means of blocks of so many)
 * </pre>
 *
 * When the load changes, groups differ for a moment: points before that lie far from the others are brought nearer before
 * they are taken in blocks, and move neither the median nor the spread much.
 *
 * @param store the application's signals
 * @param facts for expressions that ask for more than signals
 * @param trials when trials ran, apart from the present one
 */
public record TrialReadings(SignalStore store, TuningPolicy policy, Facts facts, List<Span> trials) {
    /** How far back quiet moments are looked for, in points, and how many are enough. */
    private static final int LOOK_BACK = 120;

    private static final int BEFORE_MAX = 30;
    /** The variance of a median of normal points, in that of their mean. */
    private static final double MEDIAN_VARIANCE = Math.PI / 2;

    private static final double KNOWN_MIN = 0.8;
    private static final int INSTANCES_MIN = 2;
    private static final double LOAD_MAX = 10;

    public TrialReadings {
        trials = List.copyOf(trials);
    }

    /**
     * Before a trial: whether enough is known to begin one, and what the incumbent gives. At least one window since the last
     * trial has to be: else trials in a row would all be measured against the same few points, and err alike.
     */
    public Measured resting(Fleet fleet, long nowMillis) {
        long newest = (Steps.watermark(nowMillis) + 1) * Steps.STEP_MILLIS;
        List<String> all = List.copyOf(fleet.cohorts().keySet());
        double reward = mean(all, policy.byClimb().maximize(), newest, nowMillis);
        double load = load(all, newest, 1, nowMillis);
        int windows = policy.byClimb().windows();
        int known = 0;
        List<Long> quiet = quiet(newest);
        for (int k = 0; k < quiet.size() && known < windows; k++) if (all(all, quiet.get(k), nowMillis)) known++;
        String missing = "";
        if (all.size() < INSTANCES_MIN) missing = all.size() + " instances (expected: >= " + INSTANCES_MIN + ")";
        else if (Double.isNaN(reward)) missing = "reward: too few instances have it";
        else if (known < windows) missing = known + " of " + windows + " windows before a trial are known";
        else if (quiet.get(0) != newest) missing = "no window since the last trial has been measured";
        return new Measured(reward, Double.NaN, Double.NaN, 0, load, Double.NaN, missing, "");
    }

    /**
     * During a trial: of the windows that have been measured so far. While these are not all, that is missing.
     *
     * @param fleet with the candidates as canaries and the others as baseline
     * @param begunMillis when the trial began
     * @param appliedMillis when all candidates had the value
     */
    public Measured trying(Fleet fleet, long begunMillis, long appliedMillis, long nowMillis) {
        int windows = policy.byClimb().windows();
        long point = policy.pointMillis();
        long start = -Math.floorDiv(-(appliedMillis + policy.settleMillis()), Steps.STEP_MILLIS) * Steps.STEP_MILLIS;
        long seen = (Steps.watermark(nowMillis) + 1) * Steps.STEP_MILLIS;
        List<Long> after = new ArrayList<>();
        for (int k = 1; k <= windows && start + k * point <= seen; k++) after.add(start + k * point);
        String some = after.size() + " of " + windows + " windows have been measured";
        if (after.isEmpty()) return Measured.nothing(some);
        List<Long> before = quiet(Math.floorDiv(begunMillis, Steps.STEP_MILLIS) * Steps.STEP_MILLIS);
        before = before.subList(0, Math.min(BEFORE_MAX, before.size()));
        List<String> candidates = on(fleet, Cohort.CANARY);
        List<String> others = on(fleet, Cohort.BASELINE);
        Sides sides = new Sides(
                points(candidates, before, nowMillis),
                points(others, before, nowMillis),
                points(candidates, after, nowMillis),
                points(others, after, nowMillis));
        double[] now = Points.known(sides.difference(false));
        double[] then = Points.known(sides.difference(true));
        double reward = sides.rewardOfOthers();
        double load = load(others, seen, after.size(), nowMillis);
        double candidateLoad = load(candidates, seen, after.size(), nowMillis);
        String missing = "";
        if (candidates.isEmpty() || others.isEmpty()) missing = "one of the groups is empty";
        else if (now.length < Math.max(1, KNOWN_MIN * after.size()))
            missing = now.length + " of " + after.size() + " windows are known of both groups";
        else if (then.length < Math.min(windows, 2)) missing = "too little is known of the time before";
        double difference = Double.NaN;
        double error = Double.NaN;
        if (missing.isEmpty()) {
            difference = sides.relative(Moments.mean(now) - Moments.median(then));
            error = sides.scaled(error(then, now));
            if (after.size() < windows) missing = some;
        }
        return new Measured(reward, difference, error, now.length, load, candidateLoad, missing, "");
    }

    private static double error(double[] before, double[] after) {
        double spread = Moments.MAD_TO_SIGMA * Moments.medianAbsoluteDeviation(before);
        double[] usual = Points.bounded(before, before, 0);
        double blocks = after.length * Moments.variance(Moments.blockMeans(usual, after.length));
        double v = Math.max(Math.max(spread * spread, Moments.variance(after)), blocks);
        // Of few points the spread is poorly known (the variance of Student's t).
        v *= before.length / Math.max(1.0, before.length - 2.0);
        return StrictMath.sqrt(v / after.length + MEDIAN_VARIANCE * v / before.length);
    }

    /** Ends of windows until {@code endMillis} in which all had the same value, the newest first. */
    private List<Long> quiet(long endMillis) {
        long point = policy.pointMillis();
        // Before the oldest trial that is remembered there were others, when so many are.
        long since = trials.size() < ClimbMemory.TRIALS_MAX
                ? Long.MIN_VALUE
                : trials.get(0).fromMillis();
        List<Long> ends = new ArrayList<>();
        for (int k = 0; k < LOOK_BACK; k++) {
            long end = endMillis - k * point;
            if (end - point < since) break;
            boolean disturbed = false;
            for (Span each : trials)
                disturbed |= end > each.fromMillis() && end - point < each.toMillis() + policy.settleMillis();
            if (!disturbed) ends.add(end);
        }
        return ends;
    }

    private static List<String> on(Fleet fleet, Cohort side) {
        return fleet.cohorts().entrySet().stream()
                .filter(each -> each.getValue() == side)
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean all(List<String> instances, long end, long nowMillis) {
        int known = 0;
        for (String each : instances)
            if (!Double.isNaN(value(policy.byClimb().maximize(), each, end, nowMillis))) known++;
        return known >= KNOWN_MIN * instances.size();
    }

    private List<double[]> points(List<String> instances, List<Long> ends, long nowMillis) {
        List<double[]> points = new ArrayList<>();
        for (String each : instances)
            points.add(ends.stream()
                    .mapToDouble(end -> value(policy.byClimb().maximize(), each, end, nowMillis))
                    .toArray());
        return points;
    }

    private double mean(List<String> instances, Expression expression, long end, long nowMillis) {
        double[] known = Points.known(instances.stream()
                .mapToDouble(each -> value(expression, each, end, nowMillis))
                .toArray());
        return known.length < KNOWN_MIN * instances.size() ? Double.NaN : Moments.mean(known);
    }

    /** How near the tightest level is to its limit, on average over instances and windows. */
    private double load(List<String> instances, long end, int windows, long nowMillis) {
        double tightest = Double.NaN;
        for (GuardSpec each : policy.guards()) {
            if (!(each instanceof GuardSpec.Level level) || !(level.guard().limit() > 0)) continue;
            double[] values = new double[windows];
            for (int k = 0; k < windows; k++)
                values[k] = mean(instances, level.expression(), end - k * policy.pointMillis(), nowMillis);
            double value = Moments.mean(Points.known(values));
            double limit = level.guard().limit();
            double load = level.guard().worse() == Guard.Worse.UP ? value / limit : limit / Math.max(1e-9, value);
            if (!Double.isNaN(load) && !(tightest >= load)) tightest = Math.max(0, Math.min(LOAD_MAX, load));
        }
        return tightest;
    }

    private double value(Expression expression, String instance, long endMillis, long nowMillis) {
        Quality alone = new Quality(policy.rhythm().quality().coverageMin(), 1);
        Fleet one = Fleet.of(List.of(instance));
        // Windows end a step behind the one that is asked in.
        SignalQuery query = new SignalQuery(store, one, alone, Math.min(nowMillis, endMillis + Steps.STEP_MILLIS));
        Evaluation evaluation = expression.evaluate(query, facts);
        return evaluation.isMissing() ? Double.NaN : evaluation.value();
    }

    /** Rewards of both groups before and since. */
    private record Sides(
            List<double[]> candidatesBefore,
            List<double[]> othersBefore,
            List<double[]> candidates,
            List<double[]> others) {
        /** Whether ratios mean something. */
        boolean positive() {
            for (List<double[]> each : List.of(candidatesBefore, othersBefore, candidates, others))
                for (double[] points : each) for (double value : points) if (value <= 0) return false;
            return true;
        }

        double[] difference(boolean before) {
            List<double[]> own = scale(candidatesBefore);
            List<double[]> theirs = scale(othersBefore);
            return Points.difference(
                    Points.centredMean(own, before ? own : scale(candidates)),
                    Points.centredMean(theirs, before ? theirs : scale(others)));
        }

        private List<double[]> scale(List<double[]> points) {
            return positive() ? points.stream().map(Points::logarithms).toList() : points;
        }

        double relative(double difference) {
            return positive() ? StrictMath.expm1(difference) : scaled(difference);
        }

        double scaled(double difference) {
            if (positive()) return difference;
            double size = Math.max(Math.abs(mean(candidates)), Math.abs(mean(others)));
            return size == 0 ? 0 : difference / size;
        }

        double rewardOfOthers() {
            return mean(others);
        }

        private static double mean(List<double[]> points) {
            return Moments.mean(Points.known(points.stream()
                    .flatMapToDouble(java.util.stream.DoubleStream::of)
                    .toArray()));
        }
    }
}
