package dev.attune.server.signals;

import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import dev.attune.tuning.signal.Admission;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.signal.SignalStore.Plausible;
import dev.attune.tuning.template.LogSignals;
import dev.attune.tuning.template.LogTemplate;
import dev.attune.tuning.template.LogTemplates;
import dev.attune.tuning.template.NewErrors;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** One application's signals on the leader. Guarded by itself; nothing in here waits for anything. */
final class AppSignals {
    private static final long LINE_AGE_MILLIS_MAX = 600_000;
    private static final long LINE_FUTURE_MILLIS_MAX = 120_000;
    private static final int SOURCES_MAX = 2_000;
    private static final int WATCHES_MAX = 32;
    private static final String VERSION = "service.version";

    private final SignalScope scope;
    private final long sinceMillis;
    private final SignalStore store;
    private final LogTemplates templates;
    private final LogSignals logs;
    private final Interests interests = new Interests();
    private final Map<String, SourceSeen> sources = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Watching> watches = new TreeMap<>();
    private final Map<String, String> templateLevels = new HashMap<>();
    private final CanaryErrors canaryErrors = new CanaryErrors();
    private final Deployments deployments;

    /** Someone who wants to know of new errors. */
    private record Watching(NewErrors errors, Map<String, Cohort> cohorts) {}

    AppSignals(SignalScope scope, long nowMillis) {
        this.scope = scope;
        this.sinceMillis = nowMillis;
        this.store = new SignalStore(scope.toString(), SignalLimits.DEFAULT);
        this.templates = new LogTemplates(scope.toString());
        this.logs = new LogSignals(templates);
        this.deployments = new Deployments(nowMillis);
        store.want(interests.selectors(), List.of());
    }

    long sinceMillis() {
        return sinceMillis;
    }

    /**
     * Takes a batch.
     *
     * @param instance whom it was found to be from; empty for nobody
     * @param joined whether that is a connected instance
     */
    synchronized Taken take(SignalBatch batch, String instance, boolean joined, long nowMillis) {
        EnumMap<Admission, Long> fates = new EnumMap<>(Admission.class);
        for (Measurement each : batch.measurements()) fates.merge(offer(each, instance, nowMillis), 1L, Long::sum);
        long counted = 0;
        for (LogLine each : batch.lines()) if (count(each, instance, nowMillis)) counted++;
        Taken taken = new Taken(fates, counted, batch.lines().size() - counted);
        note(batch.source(), instance, joined, nowMillis, taken);
        SignalSource source = batch.source();
        deployments.heard(source.door(), instance, source.attributes().getOrDefault(VERSION, ""), nowMillis);
        return taken;
    }

    private Admission offer(Measurement measured, String instance, long nowMillis) {
        if (instance.isEmpty()) return Admission.NO_INSTANCE;
        SeriesId series = new SeriesId(measured.name(), instance, measured.labels());
        long at = measured.atMillis() == 0 ? nowMillis : measured.atMillis();
        return store.offer(scope.toString(), sample(series, at, measured.value()), nowMillis);
    }

    private static Sample sample(SeriesId series, long at, Measurement.Value value) {
        if (value instanceof Measurement.Level level) return new Sample.Gauge(series, at, level.value());
        if (value instanceof Measurement.Total total) return new Sample.Total(series, at, total.value());
        if (value instanceof Measurement.Increase increase) return new Sample.Increase(series, at, increase.value());
        Measurement.Spread spread = (Measurement.Spread) value;
        return new Sample.Distribution(series, at, spread.values(), spread.counts(), spread.cumulative());
    }

    private boolean count(LogLine line, String instance, long nowMillis) {
        long at = line.atMillis() == 0 ? nowMillis : line.atMillis();
        if (instance.isEmpty() || at < nowMillis - LINE_AGE_MILLIS_MAX || at > nowMillis + LINE_FUTURE_MILLIS_MAX)
            return false;
        LogSignals.Mined mined = logs.add(instance, line.level(), line.text(), nowMillis);
        if (mined.template().isEmpty()) return true;
        if (templateLevels.size() > 4 * LogTemplates.TEMPLATES_MAX) templateLevels.clear();
        templateLevels.put(mined.template(), line.level());
        if (line.level().equals("ERROR")) error(mined, instance, nowMillis);
        return true;
    }

    private void error(LogSignals.Mined mined, String instance, long nowMillis) {
        boolean isCanary = false;
        boolean late = canaryErrors.mayBeLate(instance, nowMillis);
        for (Watching each : watches.values()) {
            Cohort side = each.cohorts.getOrDefault(instance, Cohort.OTHER);
            isCanary |= side == Cohort.CANARY;
            if (side == Cohort.CANARY || !late) each.errors.add(mined.template(), instance, side, nowMillis);
        }
        canaryErrors.add(mined, instance, isCanary, nowMillis);
    }

    private void note(SignalSource source, String instance, boolean joined, long nowMillis, Taken taken) {
        String name = instance.isEmpty() ? source.instance() : instance;
        String key = source.door() + "/" + name;
        if (sources.size() >= SOURCES_MAX && !sources.containsKey(key))
            sources.remove(sources.keySet().iterator().next());
        SourceSeen before = sources.getOrDefault(key, new SourceSeen(source.door(), name, joined, 0, 0, 0, 0, ""));
        sources.put(key, before.and(joined, nowMillis, taken));
    }

    /** Once a step: what was counted of logs becomes samples, and interests end whose time is over. */
    synchronized void step(long nowMillis) {
        for (Sample each : logs.take(nowMillis)) store.offer(scope.toString(), each, nowMillis);
        if (interests.expire(nowMillis)) store.want(interests.selectors(), interests.plausible());
    }

    synchronized void left(String instance, long nowMillis) {
        store.disconnected(instance, nowMillis);
        logs.forget(instance);
    }

    /** Replaces what an owner asks for. */
    synchronized void want(String owner, List<Selector> selectors, List<Plausible> plausible, long untilMillis) {
        interests.set(owner, selectors, plausible, untilMillis);
        store.want(interests.selectors(), interests.plausible());
    }

    /**
     * Counts error lines by side of a comparison from now on. A template that was known before a moment is not new, unless
     * only canaries ever had it: what one release was taken back for, the next one that brings it again is taken back for.
     */
    synchronized void watchErrors(String owner, Map<String, Cohort> cohorts, long newSinceMillis) {
        if (watches.size() >= WATCHES_MAX && !watches.containsKey(owner)) return;
        List<String> all = templates.all().stream().map(LogTemplate::id).toList();
        canaryErrors.begin(canaries(cohorts), newSinceMillis, all);
        List<String> known = new ArrayList<>();
        for (LogTemplate each : templates.all()) if (each.firstMillis() < newSinceMillis) known.add(each.id());
        known.removeIf(canaryErrors::has);
        watches.put(owner, new Watching(new NewErrors(known), Map.copyOf(cohorts)));
    }

    synchronized List<NewError> newErrors(String owner) {
        Watching watching = watches.get(owner);
        return watching == null ? List.of() : watching.errors.evidence();
    }

    synchronized void unwatchErrors(String owner, long nowMillis) {
        Watching ended = watches.remove(owner);
        if (ended != null) canaryErrors.end(canaries(ended.cohorts), nowMillis);
    }

    private static Set<String> canaries(Map<String, Cohort> cohorts) {
        Set<String> canaries = new HashSet<>();
        cohorts.forEach((instance, side) -> {
            if (side == Cohort.CANARY) canaries.add(instance);
        });
        return canaries;
    }

    synchronized void deployed(String version, long nowMillis) {
        deployments.told(version, nowMillis);
    }

    synchronized Optional<String> deployedSince(long millis) {
        return deployments.since(millis);
    }

    /** Asks the store something; what is asked must not keep it. */
    synchronized <T> T ask(Function<SignalStore, T> question) {
        return question.apply(store);
    }

    synchronized List<SourceSeen> sources() {
        return List.copyOf(sources.values());
    }

    /** A template and the level of its last line. */
    record Levelled(LogTemplate template, String level) {}

    synchronized List<Levelled> templates() {
        return templates.all().stream()
                .map(each -> new Levelled(each, templateLevels.getOrDefault(each.id(), "")))
                .toList();
    }

    synchronized long linesNotMined() {
        return logs.notMined();
    }
}
