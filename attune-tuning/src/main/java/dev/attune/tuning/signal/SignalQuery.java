package dev.attune.tuning.signal;

import com.datadoghq.sketch.ddsketch.DDSketch;
import dev.attune.tuning.statistic.Moments;
import dev.attune.tuning.statistic.SeasonalBaseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What the signals of an application were at one moment (tuning §2.3). Windows are {@code (t - w, t]} in whole steps and
 * end at the watermark. Over instances, events are summed, levels averaged and distributions merged. Instances that are
 * not connected, or whose window is covered too little, are left out; when too few are left the answer is missing.
 *
 * <p>A view of the store: valid until the store changes. One thread.
 */
public final class SignalQuery {
    private static final double EWMA_HALF_LIVES = 5;

    private final SignalStore store;
    private final Fleet fleet;
    private final Quality quality;
    private final long nowMillis;
    private final long last;

    public SignalQuery(SignalStore store, Fleet fleet, Quality quality, long nowMillis) {
        this.store = store;
        this.fleet = fleet;
        this.quality = quality;
        this.nowMillis = nowMillis;
        this.last = Steps.watermark(nowMillis);
    }

    /** The same question for a single instance: a point of a comparison between instances. */
    public SignalQuery onInstance(String instance) {
        SortedMap<String, Cohort> alone = new TreeMap<>();
        alone.put(instance, fleet.cohort(instance));
        return new SignalQuery(store, new Fleet(alone), new Quality(quality.coverageMin(), 1), nowMillis);
    }

    /** The same question at another moment. */
    public SignalQuery at(long atMillis) {
        return new SignalQuery(store, fleet, quality, atMillis);
    }

    /** When. */
    public long nowMillis() {
        return nowMillis;
    }

    /** Events, or observations, per second. */
    public Reading rate(Selector selector, long windowMillis) {
        double seconds = Steps.of(windowMillis) * (Steps.STEP_MILLIS / 1000.0);
        return read(selector, windowMillis, window -> window.total() / seconds);
    }

    /** Events, or observations, in the window. */
    public Reading increase(Selector selector, long windowMillis) {
        return read(selector, windowMillis, Window::total);
    }

    /** The mean over instances of levels, or of increases; of distributions the mean observation. */
    public Reading avg(Selector selector, long windowMillis) {
        return read(selector, windowMillis, window -> {
            if (window.isDistribution())
                return window.merged().getSum() / window.merged().getCount();
            return Moments.mean(window.perSeries(window::natural));
        });
    }

    /** The sum over instances of mean levels, or of increases; of distributions the sum of observations. */
    public Reading sum(Selector selector, long windowMillis) {
        return read(selector, windowMillis, window -> {
            if (window.isDistribution()) return window.merged().getSum();
            double sum = 0;
            for (double each : window.perSeries(window::natural)) sum += each;
            return sum;
        });
    }

    /** The least level or observation anywhere. */
    public Reading min(Selector selector, long windowMillis) {
        return read(selector, windowMillis, window -> {
            if (window.isDistribution()) return window.merged().getMinValue();
            return DoubleStream.of(window.points(Series::least)).min().orElse(Double.NaN);
        });
    }

    /** The greatest level or observation anywhere. */
    public Reading max(Selector selector, long windowMillis) {
        return read(selector, windowMillis, window -> {
            if (window.isDistribution()) return window.merged().getMaxValue();
            return DoubleStream.of(window.points(Series::greatest)).max().orElse(Double.NaN);
        });
    }

    /** The newest valid level, averaged over instances; of events those of the last step. */
    public Reading last(Selector selector) {
        List<Series> alive =
                store.select(selector, fleet).stream().filter(this::alive).toList();
        int instances =
                (int) alive.stream().map(each -> each.id.instance()).distinct().count();
        int expected = Math.max(expected(selector), instances);
        double coverage = expected == 0 ? 0 : (double) instances / expected;
        if (instances < quality.required(expected)) return tooFew(selector, instances, expected, coverage);
        double[] newest = alive.stream()
                .mapToDouble(each ->
                        each instanceof GaugeSeries gauge ? gauge.lastValue(last) : zeroIfNone(each.value(last)))
                .toArray();
        return Reading.of(Moments.mean(newest), coverage, instances);
    }

    /** The standard deviation of all steps' values of all instances. */
    public Reading stddev(Selector selector, long windowMillis) {
        return read(selector, windowMillis, window -> Moments.standardDeviation(window.points(Series::value)));
    }

    /** The {@code q}-quantile: of merged distributions to within 1 %, else of all steps' values. */
    public Reading quantile(double q, Selector selector, long windowMillis) {
        if (!(q >= 0 && q <= 1)) return Reading.missing("q: " + q + " (expected: 0..1)", 0, 0);
        return read(selector, windowMillis, window -> {
            if (!window.isDistribution()) return Moments.quantile(window.points(Series::value), q);
            DDSketch merged = window.merged();
            return merged.isEmpty() ? Double.NaN : merged.getValueAtQuantile(q);
        });
    }

    /** How many of {@code whole} were {@code part}; missing when there was none of the whole. */
    public Reading ratio(Selector part, Selector whole, long windowMillis) {
        Reading below = increase(whole, windowMillis);
        if (below.isMissing()) return below;
        if (below.value() <= 0) return Reading.missing("none of " + whole, below.coverage(), below.instances());
        // An instance that never failed may not have the series of failures.
        Window above = new Window(part, windowMillis);
        return Reading.of(above.total() / below.value(), below.coverage(), below.instances());
    }

    /** The mean of levels or increases, newer steps weighing more: half as much each {@code halfLifeMillis}. */
    public Reading ewma(Selector selector, long halfLifeMillis) {
        return read(selector, (long) (halfLifeMillis * EWMA_HALF_LIVES), window -> {
            double sum = 0;
            double weights = 0;
            for (Series series : window.used) {
                for (long step = window.first; step <= last; step++) {
                    double value = series.value(step);
                    if (Double.isNaN(value)) continue;
                    double halvings = (double) ((last - step) * Steps.STEP_MILLIS) / halfLifeMillis;
                    double weight = StrictMath.pow(0.5, halvings);
                    sum += weight * value;
                    weights += weight;
                }
            }
            return sum / weights;
        });
    }

    /** What is usual at this time of day. */
    public Reading baseline(Selector selector) {
        SeasonalBaseline usual = seasonal(selector);
        if (usual.days() == 0) return Reading.missing("no earlier day known", 0, 0);
        return Reading.of(usual.median(), (double) usual.days() / SeasonalBaseline.DAYS, fleet.size());
    }

    /** How unusual the level or rate is for this time of day, in robust standard deviations. */
    public Reading zscore(Selector selector, long windowMillis) {
        boolean events = store.select(selector, fleet).stream().anyMatch(CounterSeries.class::isInstance);
        Reading now = events ? rate(selector, windowMillis) : avg(selector, windowMillis);
        if (now.isMissing()) return now;
        SeasonalBaseline usual = seasonal(selector);
        if (usual.days() < 2) return Reading.missing("fewer than two earlier days known", now.coverage(), 0);
        return Reading.of(usual.score(now.value()), now.coverage(), now.instances());
    }

    /**
     * By how much the canaries changed against the baseline group, each instance against itself: 0.1 for 10 % more
     * (difference in differences of logarithms, tuning §3.6).
     *
     * @param changedAtMillis when the change was made; the least long without one
     */
    public Reading deltaAfterChange(Selector selector, long windowMillis, long changedAtMillis) {
        if (changedAtMillis == Long.MIN_VALUE) return Reading.missing("no change under comparison", 0, 0);
        double canary = 0;
        double baseline = 0;
        int canaries = 0;
        int baselines = 0;
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet()) {
            if (each.getValue() == Cohort.OTHER) continue;
            Reading after = onInstance(each.getKey()).avg(selector, windowMillis);
            // One step more, as a window ends two steps behind its moment.
            Reading before = onInstance(each.getKey())
                    .at(changedAtMillis + Steps.STEP_MILLIS)
                    .avg(selector, windowMillis);
            if (after.isMissing() || before.isMissing() || after.value() <= 0 || before.value() <= 0) continue;
            double change = StrictMath.log(after.value()) - StrictMath.log(before.value());
            if (each.getValue() == Cohort.CANARY) {
                canary += change;
                canaries++;
            } else {
                baseline += change;
                baselines++;
            }
        }
        int known = canaries + baselines;
        if (canaries == 0 || baselines == 0) return Reading.missing("no data of one of the groups", 0, known);
        return Reading.of(StrictMath.expm1(canary / canaries - baseline / baselines), 1, known);
    }

    private SeasonalBaseline seasonal(Selector selector) {
        long tenMinutes = Math.floorDiv(last, Steps.STEPS_PER_TEN_MINUTES);
        long perDay = 144;
        double[] before = new double[SeasonalBaseline.DAYS];
        List<Series> selected = store.select(selector, fleet);
        for (int day = 1; day <= before.length; day++) {
            double sum = 0;
            int known = 0;
            boolean events = false;
            for (Series series : selected) {
                double value = series.tenMinutes(tenMinutes - day * perDay);
                if (Double.isNaN(value)) continue;
                events |= series instanceof CounterSeries;
                sum += value;
                known++;
            }
            before[day - 1] = known == 0 ? Double.NaN : events ? sum / 600 : sum / known;
        }
        return SeasonalBaseline.of(Math.floorDiv(tenMinutes, perDay), before);
    }

    /** How many series have a value now; 0 is an answer. */
    public Reading count(Selector selector) {
        long alive = store.select(selector, fleet).stream().filter(this::alive).count();
        return Reading.of((double) alive, 1, (int) alive);
    }

    /** On how many connected instances there is a value now; 0 is an answer. */
    public Reading instances(Selector selector) {
        long alive = store.select(selector, fleet).stream()
                .filter(this::alive)
                .map(series -> series.id.instance())
                .distinct()
                .count();
        return Reading.of((double) alive, 1, (int) alive);
    }

    /** The observed share of the window, averaged over the instances that should report; 0 is an answer. */
    public Reading coverage(Selector selector, long windowMillis) {
        Window window = new Window(selector, windowMillis);
        return Reading.of(window.coverage, window.coverage, window.instances);
    }

    /** Whether nothing at all was observed in the window. */
    public boolean absent(Selector selector, long windowMillis) {
        long first = last - Steps.of(windowMillis) + 1;
        for (Series series : store.select(selector, fleet))
            for (long step = first; step <= last; step++) if (series.observed(step)) return false;
        return true;
    }

    private boolean alive(Series series) {
        if (!connected(series) || series.endedBy(last)) return false;
        for (long step = last; step > last - series.validSteps(); step--) if (series.observed(step)) return true;
        return false;
    }

    private boolean connected(Series series) {
        return fleet.size() == 0 || fleet.contains(series.id.instance());
    }

    private Reading read(Selector selector, long windowMillis, ToDoubleFunction<Window> value) {
        Window window = new Window(selector, windowMillis);
        if (window.instances < quality.required(window.expected))
            return tooFew(selector, window.instances, window.expected, window.coverage);
        return Reading.of(value.applyAsDouble(window), window.coverage, window.instances);
    }

    private Reading tooFew(Selector selector, int instances, int expected, double coverage) {
        String why = selector + ": data of " + instances + " of " + expected + " instances (expected: >= "
                + quality.required(expected) + ")";
        return Reading.missing(why, coverage, instances);
    }

    /** How many connected instances the selector does not rule out by who they are. */
    private int expected(Selector selector) {
        List<Selector.Matcher> who = selector.matchers().stream()
                .filter(each -> each.label().equals("cohort") || each.label().equals("instance"))
                .toList();
        Selector anything = new Selector(selector.metric(), who);
        int count = 0;
        for (Map.Entry<String, Cohort> each : fleet.cohorts().entrySet())
            if (anything.accepts(SeriesId.of(selector.metric(), each.getKey()), each.getValue())) count++;
        return count;
    }

    private static double zeroIfNone(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    private interface StepValue {
        double value(Series series, long step);
    }

    /** The series of a selector that have enough data in a window. */
    private final class Window {
        final long first;
        final List<Series> used = new ArrayList<>();
        final int instances;
        final int expected;
        final double coverage;

        Window(Selector selector, long windowMillis) {
            first = last - Steps.of(windowMillis) + 1;
            SortedMap<String, Double> covered = new TreeMap<>();
            List<Series> selected = store.select(selector, fleet);
            for (Series series : selected)
                if (connected(series)) covered.merge(series.id.instance(), series.coverage(first, last), Math::max);
            for (Series series : selected) {
                Double share = covered.get(series.id.instance());
                if (share != null && share >= quality.coverageMin() - 1e-9) used.add(series);
            }
            expected = Math.max(SignalQuery.this.expected(selector), covered.size());
            int enough = 0;
            double sum = 0;
            for (double share : covered.values()) {
                if (share >= quality.coverageMin() - 1e-9) enough++;
                sum += share;
            }
            instances = enough;
            coverage = expected == 0 ? 0 : sum / expected;
        }

        boolean isDistribution() {
            return !used.isEmpty() && used.get(0) instanceof DistributionSeries;
        }

        double total() {
            double total = 0;
            for (Series series : used)
                for (long step = first; step <= last; step++) total += zeroIfNone(series.value(step));
            return total;
        }

        /** A level's mean, or the increase. */
        double natural(Series series) {
            double sum = 0;
            int known = 0;
            for (long step = first; step <= last; step++) {
                double value = series.value(step);
                if (Double.isNaN(value)) continue;
                sum += value;
                known++;
            }
            return series instanceof GaugeSeries ? sum / known : sum;
        }

        double[] perSeries(ToDoubleFunction<Series> value) {
            return used.stream()
                    .mapToDouble(value)
                    .filter(each -> !Double.isNaN(each))
                    .toArray();
        }

        double[] points(StepValue of) {
            DoubleStream.Builder points = DoubleStream.builder();
            for (Series series : used) {
                for (long step = first; step <= last; step++) {
                    double value = of.value(series, step);
                    if (!Double.isNaN(value)) points.add(value);
                }
            }
            return points.build().toArray();
        }

        /** Long windows are merged from minutes, as steps' sketches are kept for an hour only. */
        DDSketch merged() {
            DDSketch merged = DistributionSeries.empty();
            boolean byMinutes = last - first + 1 >= Steps.SKETCH_STEPS;
            for (Series series : used) {
                if (!(series instanceof DistributionSeries distribution)) continue;
                if (byMinutes) {
                    long minutes = Math.floorDiv(last, Steps.STEPS_PER_MINUTE);
                    for (long m = Math.floorDiv(first, Steps.STEPS_PER_MINUTE); m <= minutes; m++) {
                        DDSketch minute = distribution.minute(m);
                        if (minute != null) merged.mergeWith(minute);
                    }
                    continue;
                }
                for (long step = first; step <= last; step++) {
                    DDSketch sketch = series.sketch(step);
                    if (sketch != null) merged.mergeWith(sketch);
                }
            }
            return merged;
        }
    }
}
