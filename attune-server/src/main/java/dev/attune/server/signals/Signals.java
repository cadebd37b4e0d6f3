package dev.attune.server.signals;

import dev.attune.tuning.signal.Admission;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalStore;
import dev.attune.tuning.signal.SignalStore.Plausible;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The signals that this node keeps while it leads, for whoever decides. They are soft: a node that begins to lead begins
 * with nothing, so who decides waits until its windows lie behind {@link #sinceMillis}.
 *
 * <p>Callable from any thread. Nothing waits for a disk or the network; an evaluation holds the application's signals for
 * as long as it takes.
 */
public final class Signals {
    /** Applications that signals are kept of; those of further ones are dropped. */
    public static final int APPLICATIONS_MAX = 200;

    private final Roster roster;
    private final ConcurrentSkipListMap<SignalScope, AppSignals> applications = new ConcurrentSkipListMap<>();
    private final Map<SignalScope, SortedMap<String, Cohort>> compared = new ConcurrentHashMap<>();
    private final AtomicLong since = new AtomicLong(Long.MAX_VALUE);

    Signals(Roster roster) {
        this.roster = roster;
    }

    /** An application at one moment; valid within {@link #ask} only. */
    public record View(SignalStore store, Fleet fleet, long nowMillis) {}

    /** This node begins to lead. */
    void begin(long nowMillis) {
        applications.clear();
        compared.clear();
        since.set(nowMillis);
    }

    /** This node leads no more. */
    void end() {
        since.set(Long.MAX_VALUE);
        applications.clear();
        compared.clear();
    }

    /**
     * Since when signals have been kept here without interruption, in milliseconds since 1970; the greatest long while this
     * node does not lead. A window that begins before it is incomplete.
     */
    public long sinceMillis() {
        return since.get();
    }

    /** Since when those of one application have been kept; the greatest long while none are. */
    public long sinceMillis(SignalScope scope) {
        AppSignals signals = applications.get(scope);
        return signals == null ? Long.MAX_VALUE : signals.sinceMillis();
    }

    /**
     * Replaces what {@code owner} asks for of an application: its series are kept from now on. Ends with leadership, so it
     * is to be said again by whoever leads next; empty lists end it.
     *
     * @param owner whoever asks, for instance {@code policy/orders-queue}
     */
    public void want(SignalScope scope, String owner, List<Selector> selectors, List<Plausible> plausible) {
        want(scope, owner, selectors, plausible, Long.MAX_VALUE);
    }

    /** The same until a moment. */
    public void want(SignalScope scope, String owner, List<Selector> selectors, long untilMillis) {
        want(scope, owner, selectors, List.of(), untilMillis);
    }

    private void want(
            SignalScope scope, String owner, List<Selector> selectors, List<Plausible> plausible, long untilMillis) {
        AppSignals signals = find(scope, since.get());
        if (signals != null) signals.want(owner, selectors, plausible, untilMillis);
    }

    /**
     * Asks something of an application's signals as of {@code nowMillis}; an application without signals has an empty
     * store. What is asked must not keep what it is given.
     */
    public <T> T ask(SignalScope scope, long nowMillis, Function<View, T> question) {
        Fleet fleet = fleet(scope);
        AppSignals signals = applications.get(scope);
        if (signals == null)
            return question.apply(new View(new SignalStore(scope.toString(), SignalLimits.DEFAULT), fleet, nowMillis));
        return signals.ask(store -> question.apply(new View(store, fleet, nowMillis)));
    }

    /** The connected instances, on the sides on which {@link #compare} put them. */
    public Fleet fleet(SignalScope scope) {
        SortedMap<String, Cohort> sides = compared.getOrDefault(scope, new TreeMap<>());
        SortedMap<String, Cohort> cohorts = new TreeMap<>();
        for (String each : roster.connected(scope)) cohorts.put(each, sides.getOrDefault(each, Cohort.OTHER));
        return new Fleet(cohorts);
    }

    /** Sets which instances of an application are compared with which; nobody for none. */
    public void compare(SignalScope scope, Map<String, Cohort> sides) {
        if (sides.isEmpty()) compared.remove(scope);
        else compared.put(scope, new TreeMap<>(sides));
    }

    /** When this node first saw an instance report that it applied a release; nothing when it did not yet. */
    public Optional<Long> appliedAt(SignalScope scope, String instance, String file, long release) {
        return roster.appliedAt(scope, instance, file, release);
    }

    /** Begins to count error lines of templates that were not known before a moment, by side of a comparison. */
    public void watchErrors(SignalScope scope, String owner, Map<String, Cohort> cohorts, long newSinceMillis) {
        AppSignals signals = find(scope, since.get());
        if (signals != null) signals.watchErrors(owner, cohorts, newSinceMillis);
    }

    /** What was counted since {@link #watchErrors}. */
    public List<NewError> newErrors(SignalScope scope, String owner) {
        AppSignals signals = applications.get(scope);
        return signals == null ? List.of() : signals.newErrors(owner);
    }

    /** Ends {@link #watchErrors}. */
    public void unwatchErrors(SignalScope scope, String owner, long nowMillis) {
        AppSignals signals = applications.get(scope);
        if (signals != null) signals.unwatchErrors(owner, nowMillis);
    }

    /** Somebody says that a version of an application's code is being deployed; whether that is remembered. */
    boolean deployed(SignalScope scope, String version, long nowMillis) {
        AppSignals signals = find(scope, nowMillis);
        if (signals != null) signals.deployed(version, nowMillis);
        return signals != null;
    }

    /** What of an application's code was first deployed at or after a moment, if anything was. */
    public Optional<String> deployedSince(SignalScope scope, long millis) {
        AppSignals signals = applications.get(scope);
        return signals == null ? Optional.empty() : signals.deployedSince(millis);
    }

    /** The applications that signals are kept of. */
    public List<SignalScope> applications() {
        return List.copyOf(applications.keySet());
    }

    AppSignals application(SignalScope scope) {
        AppSignals signals = applications.get(scope);
        return signals == null ? new AppSignals(scope, since.get()) : signals;
    }

    Taken take(List<SignalBatch> batches, long nowMillis) {
        Taken taken = Taken.NOTHING;
        for (SignalBatch each : batches) taken = taken.plus(take(each, nowMillis));
        return taken;
    }

    private Taken take(SignalBatch batch, long nowMillis) {
        SignalScope scope = batch.source().scope();
        AppSignals signals = find(scope, nowMillis);
        if (signals == null)
            return new Taken(
                    Map.of(Admission.SERIES_BUDGET, (long) batch.measurements().size()),
                    0,
                    batch.lines().size());
        Optional<String> joined = roster.find(batch.source());
        return signals.take(batch, joined.orElse(batch.source().instance()), joined.isPresent(), nowMillis);
    }

    private @Nullable AppSignals find(SignalScope scope, long nowMillis) {
        if (since.get() == Long.MAX_VALUE) return null;
        AppSignals known = applications.get(scope);
        if (known != null) return known;
        if (applications.size() >= APPLICATIONS_MAX) return null;
        return applications.computeIfAbsent(scope, none -> new AppSignals(scope, nowMillis));
    }

    void step(long nowMillis) {
        List<AppSignals> all = new ArrayList<>(applications.values());
        all.forEach(each -> each.step(nowMillis));
    }

    void left(Roster.Left left, long nowMillis) {
        AppSignals signals = applications.get(left.scope());
        if (signals != null) signals.left(left.instance(), nowMillis);
    }
}
