package dev.attune.tuning.signal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of one application, kept for decisions: fixed steps of ten seconds, bounded in series, labels and time
 * (tuning §2.1, §2.2). Only series that some selector asks for are kept; of others the last value is known for an hour.
 *
 * <p>Not a time-series database, and not durable: after a failover its windows are incomplete and say so. One thread;
 * time is handed in.
 */
public final class SignalStore {
    private static final long FUTURE_MILLIS_MAX = 120_000;
    private static final long AGE_MILLIS_MAX = 600_000;
    private static final long DISCOVERY_MILLIS = 3_600_000;
    /** A series that nothing was heard of for this long makes room. */
    private static final long FORGET_MILLIS = 14L * 24 * 3_600_000;

    private final String application;
    private final SignalLimits limits;
    private final NavigableMap<String, NavigableMap<SeriesId, Series>> kept = new TreeMap<>();
    private final NavigableMap<SeriesId, Discovered> discovered = new TreeMap<>();
    private final EnumMap<Admission, Long> admissions = new EnumMap<>(Admission.class);
    private List<Selector> wanted = List.of();
    private List<Plausible> plausible = List.of();
    private int keptCount;

    /**
     * @param application the namespace and application whose credential may write here
     */
    public SignalStore(String application, SignalLimits limits) {
        this.application = application;
        this.limits = limits;
    }

    /**
     * What values of a series can be true.
     *
     * @param least inclusive
     * @param greatest inclusive
     */
    public record Plausible(Selector selector, double least, double greatest) {
        public Plausible {
            if (!(least <= greatest))
                throw new IllegalArgumentException("plausible: " + least + ".." + greatest + " (expected: ascending)");
        }
    }

    /**
     * A series that nothing asks for.
     *
     * @param value the last one; of a distribution how many observations it had
     */
    public record Discovered(SeriesId series, double value, long atMillis) {}

    /** What a series measures. */
    public enum Kind {
        LEVEL,
        EVENTS,
        DISTRIBUTION
    }

    /**
     * A series that is kept in steps.
     *
     * @param lastAtMillis when its newest sample was measured
     */
    public record Kept(SeriesId series, Kind kind, long lastAtMillis) {}

    /** Sets what policies, guards and tiles ask for; series that no longer are asked for are let go. */
    public void want(List<Selector> selectors, List<Plausible> ranges) {
        wanted = List.copyOf(selectors);
        plausible = List.copyOf(ranges);
        for (NavigableMap<SeriesId, Series> byId : kept.values()) {
            for (Iterator<SeriesId> ids = byId.keySet().iterator(); ids.hasNext(); ) {
                if (wants(ids.next())) continue;
                ids.remove();
                keptCount--;
            }
        }
    }

    /**
     * Takes a sample that arrived now.
     *
     * @param credential the namespace and application under whose credential it came
     */
    public Admission offer(String credential, Sample sample, long nowMillis) {
        Admission admission = admit(credential, sample, nowMillis);
        admissions.merge(admission, 1L, Long::sum);
        return admission;
    }

    private Admission admit(String credential, Sample sample, long nowMillis) {
        if (!credential.equals(application)) return Admission.FOREIGN;
        if (sample.atMillis() > nowMillis + FUTURE_MILLIS_MAX) return Admission.FUTURE;
        if (sample.atMillis() < nowMillis - AGE_MILLIS_MAX) return Admission.TOO_OLD;
        SeriesId id = sample.series();
        if (!withinLabelBudget(id)) return Admission.LABEL_BUDGET;
        if (!sample.endsSeries()) {
            if (!isFinite(sample)) return Admission.NOT_FINITE;
            if (!isPlausible(sample)) return Admission.IMPLAUSIBLE;
        }
        if (!wants(id)) return discover(sample, nowMillis);
        if (Steps.at(sample.atMillis()) < Steps.at(nowMillis) - limits.lateStepsMax()) return Admission.LATE;
        Series series = find(id);
        if (series == null) {
            if (sample.endsSeries()) return Admission.DUPLICATE;
            if (keptCount >= limits.seriesMax() && !forgetOne(nowMillis)) return Admission.SERIES_BUDGET;
            series = create(sample);
            kept.computeIfAbsent(id.metric(), metric -> new TreeMap<>()).put(id, series);
            keptCount++;
            discovered.remove(id);
        }
        return series.accept(sample);
    }

    private static Series create(Sample sample) {
        if (sample instanceof Sample.Gauge) return new GaugeSeries(sample.series());
        if (sample instanceof Sample.Distribution) return new DistributionSeries(sample.series());
        return new CounterSeries(sample.series(), sample instanceof Sample.Total);
    }

    private Admission discover(Sample sample, long nowMillis) {
        if (!discovered.containsKey(sample.series()) && discovered.size() >= limits.discoveredMax()) {
            discovered.values().removeIf(each -> each.atMillis() < nowMillis - DISCOVERY_MILLIS);
            if (discovered.size() >= limits.discoveredMax()) return Admission.SERIES_BUDGET;
        }
        discovered.put(sample.series(), new Discovered(sample.series(), single(sample), sample.atMillis()));
        return Admission.DISCOVERED;
    }

    private boolean forgetOne(long nowMillis) {
        for (NavigableMap<SeriesId, Series> byId : kept.values()) {
            for (Iterator<Series> each = byId.values().iterator(); each.hasNext(); ) {
                Series series = each.next();
                if (series.lastAtMillis() > nowMillis - FORGET_MILLIS && !series.endedBy(Steps.at(nowMillis))) continue;
                each.remove();
                keptCount--;
                return true;
            }
        }
        return false;
    }

    /** Ends all series of an instance that is no longer connected: its levels are no longer true (tuning §2.2). */
    public void disconnected(String instance, long nowMillis) {
        for (NavigableMap<SeriesId, Series> byId : kept.values())
            for (Series series : byId.values())
                if (series.id.instance().equals(instance)) series.end(Steps.at(nowMillis));
    }

    /** The kept series that a selector means, in their order. */
    List<Series> select(Selector selector, Fleet fleet) {
        List<Series> selected = new ArrayList<>();
        NavigableMap<SeriesId, Series> byId = kept.get(selector.metric());
        if (byId == null) return selected;
        for (Series series : byId.values())
            if (selector.accepts(series.id, fleet.cohort(series.id.instance()))) selected.add(series);
        return selected;
    }

    /** The series that nothing asks for, by name; of the last hour. */
    public List<Discovered> discovered(long nowMillis) {
        List<Discovered> recent = new ArrayList<>();
        for (Discovered each : discovered.values())
            if (each.atMillis() >= nowMillis - DISCOVERY_MILLIS) recent.add(each);
        return recent;
    }

    /** Every kept series, by name. */
    public List<Kept> kept() {
        List<Kept> all = new ArrayList<>();
        for (NavigableMap<SeriesId, Series> byId : kept.values())
            for (Series each : byId.values()) all.add(new Kept(each.id, kind(each), each.lastAtMillis()));
        return all;
    }

    private static Kind kind(Series series) {
        if (series instanceof GaugeSeries) return Kind.LEVEL;
        return series instanceof CounterSeries ? Kind.EVENTS : Kind.DISTRIBUTION;
    }

    /** How many samples met each fate since the store began. */
    public Map<Admission, Long> admissions() {
        return new EnumMap<>(admissions);
    }

    /** How many series are kept. */
    public int seriesCount() {
        return keptCount;
    }

    private @Nullable Series find(SeriesId id) {
        NavigableMap<SeriesId, Series> byId = kept.get(id.metric());
        return byId == null ? null : byId.get(id);
    }

    private boolean wants(SeriesId id) {
        for (Selector selector : wanted) if (selector.mayAccept(id)) return true;
        return false;
    }

    private boolean withinLabelBudget(SeriesId id) {
        if (id.labels().size() > limits.labelsMax() || tooLong(id.metric()) || tooLong(id.instance())) return false;
        for (Map.Entry<String, String> label : id.labels().entrySet()) {
            if (tooLong(label.getKey()) || tooLong(label.getValue())) return false;
            // What only the centre knows cannot be claimed by a sender.
            if (label.getKey().equals("cohort") || label.getKey().equals("instance")) return false;
        }
        return true;
    }

    private boolean tooLong(String text) {
        return text.length() > limits.labelBytesMax()
                || text.getBytes(StandardCharsets.UTF_8).length > limits.labelBytesMax();
    }

    private static boolean isFinite(Sample sample) {
        if (sample instanceof Sample.Distribution distribution) {
            for (double value : distribution.values()) if (!Double.isFinite(value)) return false;
            for (double count : distribution.counts()) if (!Double.isFinite(count) || count < 0) return false;
            return true;
        }
        double value = single(sample);
        return Double.isFinite(value) && (sample instanceof Sample.Gauge || value >= 0);
    }

    private boolean isPlausible(Sample sample) {
        for (Plausible range : plausible) {
            if (!range.selector().mayAccept(sample.series())) continue;
            double[] values = sample instanceof Sample.Distribution distribution
                    ? distribution.values()
                    : new double[] {single(sample)};
            for (double value : values) if (value < range.least() || value > range.greatest()) return false;
        }
        return true;
    }

    private static double single(Sample sample) {
        if (sample instanceof Sample.Gauge gauge) return gauge.value();
        if (sample instanceof Sample.Total total) return total.value();
        if (sample instanceof Sample.Increase increase) return increase.value();
        double count = 0;
        for (double each : ((Sample.Distribution) sample).counts()) count += each;
        return count;
    }
}
