package dev.attune.server.subscribe;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.rollout.Directive;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.lane.Lane;
import dev.attune.server.lane.WatchInbox;
import dev.attune.server.secrets.Secrets;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one application for all its subscribers: one watch and one parsed state, whatever their number.
 *
 * <p>Idea: read everything at a revision R, watch from R + 1, apply each revision to the state and tell each view of
 * subscribers what it changes for them. A subscriber that arrives is served at a revision that a majority confirmed
 * after its arrival, or, without a majority, from this node's state; either way never below the revision it resumes
 * from. All of it runs on one lane; the answers of the keyspace come back to it as tasks.
 */
final class ApplicationFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationFollower.class);

    // Between two rounds of updates the node rests this long for each subscriber, so that a storm of releases costs it
    // and the fleet a bounded share of their time; whatever came meanwhile is one update. Few subscribers wait for
    // nothing.
    private static final long REST_NANOS_EACH = 50_000;
    private static final long REST_NANOS_MIN = 2_000_000;
    private static final long REST_NANOS_MAX = 250_000_000;

    private final String environment;
    private final String application;
    private final Keyspace keyspace;
    private final ApplicationReader reader;
    private final Secrets secrets;
    private final Lane lane;

    // All below: lane only.
    private final ApplicationState state;
    /** Whose files the state holds: the application itself and those it imports from. */
    private Set<String> applications = Set.of();

    private final Map<ViewKey, View> views = new LinkedHashMap<>();
    private final Set<Subscriber> everyone = new LinkedHashSet<>();
    /** Arrived, and not yet part of a load or barrier. */
    private List<Subscriber> arrived = new ArrayList<>();
    /** Waiting for the state to reach their target. */
    private final Set<Subscriber> waiting = new LinkedHashSet<>();
    /** Owed a directive of a rollout. */
    private final Set<Subscriber> owed = new LinkedHashSet<>();

    /** Changed files that the views have not been told of, all after {@link #told}. */
    private final Set<String> untold = new LinkedHashSet<>();

    private long told;
    private long lastRound = System.nanoTime() - REST_NANOS_MAX;
    private boolean resting;

    private boolean loading;
    private boolean barrierRunning;
    // How often all was abandoned, so that answers to what was asked before are told from awaited ones.
    private int failures;
    private boolean stopped;
    // Up to where a progress mark was asked for.
    private long markAsked;
    // The inbox of the present watch; messages of earlier ones are ignored.
    private @Nullable WatchInbox inbox;
    private Keyspace.@Nullable Watch watch;

    ApplicationFollower(String environment, String application, Keyspace keyspace, Executor workers, Secrets secrets) {
        this.environment = environment;
        this.application = application;
        this.keyspace = keyspace;
        this.state = new ApplicationState(application);
        this.secrets = secrets;
        this.reader = new ApplicationReader(keyspace, environment, application);
        this.lane = new Lane(workers, this::fail);
    }

    void join(Subscriber subscriber) {
        lane.execute(() -> {
            everyone.add(subscriber);
            arrived.add(subscriber);
            admitArrived();
        });
    }

    void resume(Subscriber subscriber) {
        lane.execute(() -> {
            View view = views.get(subscriber.key);
            if (view != null && subscriber.started && subscriber.behind)
                subscriber.catchUp(view.complete(state, subscriber));
            direct(subscriber);
        });
    }

    void direct(Subscriber subscriber, Directive directive) {
        lane.execute(() -> {
            if (subscriber.isClosed() || stopped) return;
            subscriber.owed.merge(directive.rollout(), directive, (a, b) -> a.step() > b.step() ? a : b);
            owed.add(subscriber);
            direct(subscriber);
            Keyspace.Watch source = watch;
            // Without a change of a file nothing else would say that this node has got so far.
            if (source != null && directive.revision() > Math.max(state.revision(), markAsked)) {
                markAsked = directive.revision();
                source.requestProgress();
            }
        });
    }

    /** Sends what is owed, each behind every update up to its revision. */
    private void direct(Subscriber subscriber) {
        View view = views.get(subscriber.key);
        if (view == null || !subscriber.started || subscriber.owed.isEmpty()) return;
        tellAll();
        if (subscriber.behind) return;
        subscriber
                .owed
                .values()
                .removeIf(each -> each.revision() <= state.revision()
                        && subscriber.tell(new SubscriptionMessage.Directed(
                                each,
                                each.kind() == Directive.Kind.PREPARE
                                        ? view.afterSwitch(state, subscriber, each.rollout())
                                        : null)));
        if (subscriber.owed.isEmpty()) owed.remove(subscriber);
    }

    private void directOwed() {
        if (!owed.isEmpty()) List.copyOf(owed).forEach(this::direct);
    }

    void leave(Subscriber subscriber) {
        lane.execute(() -> {
            everyone.remove(subscriber);
            arrived.remove(subscriber);
            waiting.remove(subscriber);
            owed.remove(subscriber);
            View view = views.get(subscriber.key);
            if (view == null) return;
            view.members.remove(subscriber);
            if (view.members.isEmpty()) views.remove(view.key);
        });
    }

    /** Ends the watch; nobody is subscribed any more. */
    void stop() {
        lane.execute(() -> {
            stopped = true;
            unwatch();
        });
    }

    private void admitArrived() {
        if (stopped || loading || arrived.isEmpty()) return;
        if (watch == null) load();
        else if (!barrierRunning) barrier();
    }

    private List<Subscriber> takeArrived() {
        List<Subscriber> batch = arrived;
        arrived = new ArrayList<>();
        return batch;
    }

    /** Reads everything and starts the watch behind it. */
    private void load() {
        loading = true;
        List<Subscriber> batch = takeArrived();
        int asked = failures;
        reader.load(state.applications(), state.held())
                .whenComplete((loaded, failure) -> lane.execute(() -> {
                    if (stopped || asked != failures) return;
                    loading = false;
                    if (failure == null) loaded(loaded, batch);
                    else endAll(failure);
                }));
    }

    private void loaded(ApplicationReader.Result loaded, List<Subscriber> batch) {
        long before = untold.isEmpty() ? state.revision() : told;
        Set<Coordinate> present = new HashSet<>();
        for (ApplicationReader.Found found : loaded.files()) {
            present.add(found.file());
            entry(found.file(), found.pointer(), found.releases()).ifPresent(state::put);
        }
        state.dropOthers(present, loaded.revision());
        applications = loaded.applications();
        moved(loaded.revision());
        WatchInbox box = new WatchInbox(lane, this::handle);
        inbox = box;
        // One watch for everything keeps the order of revisions, so nobody sees a file without what it imports.
        KeyRange range = applications.size() == 1
                ? FileKeys.ofApplication(environment, application)
                : FileKeys.ofEnvironment(environment);
        Keyspace.Watch started = keyspace.watch(WatchSpec.of(range, state.revision() + 1), box);
        watch = started;
        box.fedBy(started);
        untold.clear();
        for (View view : views.values()) view.tell(state, state.names(), before);
        directOwed();
        admit(batch, loaded.revision(), loaded.linearizable());
        admitArrived();
    }

    /** Learns a revision that is newer than everything acknowledged before these subscribers arrived. */
    private void barrier() {
        barrierRunning = true;
        List<Subscriber> batch = takeArrived();
        int asked = failures;
        reader.newestRevision()
                .whenComplete((newest, failure) -> lane.execute(() -> {
                    if (stopped || asked != failures) return;
                    barrierRunning = false;
                    if (failure == null) admit(batch, newest, true);
                    else admit(batch, state.revision(), false);
                    admitArrived();
                }));
    }

    private void admit(List<Subscriber> batch, long revision, boolean linearizable) {
        for (Subscriber each : batch) {
            if (each.isClosed()) continue;
            if (linearizable && each.resumeAfter > revision) {
                each.end(
                        ErrorCode.FUTURE_REVISION,
                        "revision " + each.resumeAfter + " is not known (newest: " + revision + ")");
            } else {
                each.target = Math.max(revision, each.resumeAfter);
                waiting.add(each);
            }
        }
        serveWaiting();
        Keyspace.Watch source = watch;
        if (!waiting.isEmpty() && source != null) source.requestProgress();
    }

    private void serveWaiting() {
        if (waiting.isEmpty()) return;
        for (Subscriber each : List.copyOf(waiting)) {
            if (each.target > state.revision()) continue;
            waiting.remove(each);
            start(each);
        }
    }

    private void start(Subscriber subscriber) {
        if (subscriber.isClosed()) return;
        // It begins with the newest state; what the others are still to be told must not come behind it.
        tellAll();
        View view = views.computeIfAbsent(
                subscriber.key,
                key -> new View(key, update -> secrets.revealed(environment, application, update, key.secrets())));
        view.members.add(subscriber);
        subscriber.started = true;
        try {
            if (subscriber.resumeAfter == 0) subscriber.tell(view.complete(state, subscriber));
            else view.since(state, subscriber, subscriber.resumeAfter).ifPresent(subscriber::tell);
        } catch (AttuneException e) {
            // What cannot be shown to this one, for want of a key, may well be shown to others.
            subscriber.end(e.code(), String.valueOf(e.getMessage()));
        }
        direct(subscriber);
    }

    private void handle(WatchInbox from, WatchMessage message) {
        if (stopped || from != inbox) return;
        if (message instanceof WatchEvents events) {
            apply(events);
        } else if (message instanceof WatchMessage.Progress progress) {
            moved(progress.revision());
        } else if (message instanceof WatchMessage.Cancelled cancelled) {
            unwatch();
            if (cancelled.code() == ErrorCode.COMPACTED) load();
            else endAll(new AttuneException(cancelled.code(), cancelled.message()));
            return;
        }
        directOwed();
        serveWaiting();
    }

    private void apply(WatchEvents events) {
        long before = state.revision();
        Map<Coordinate, Map<Long, StoredRelease>> released = new HashMap<>();
        List<Event> pointers = new ArrayList<>();
        for (Event event : events.events()) {
            FileKeys.Address address = FileKeys.parse(event.keyValue().key());
            if (!applications.contains(address.file().application())) continue;
            if (address.isPointer()) pointers.add(event);
            else if (!event.isDelete())
                released.computeIfAbsent(address.file(), file -> new HashMap<>())
                        .put(address.release(), StoredRelease.decode(event.keyValue()));
        }
        Set<String> changed = new LinkedHashSet<>();
        List<ApplicationState.Entry> entries = new ArrayList<>();
        for (Event event : pointers) {
            Coordinate file = FileKeys.parse(event.keyValue().key()).file();
            if (file.application().equals(application)) changed.add(file.file());
            else changed.addAll(state.names());
            Optional<ApplicationState.Entry> entry = event.isDelete()
                    ? Optional.of(ApplicationState.Entry.deleted(file, event.revision()))
                    : entry(
                            file,
                            Pointer.decode(event.keyValue()),
                            parsed(event, released.getOrDefault(file, Map.of())));
            if (entry.isEmpty()) {
                // The pointer names a release written earlier, whose text is not at hand.
                reload();
                return;
            }
            entries.add(entry.get());
        }
        entries.forEach(state::put);
        if (!applications.containsAll(state.applications())) {
            reload();
            return;
        }
        moved(events.revision());
        if (changed.isEmpty()) return;
        if (untold.isEmpty()) told = before;
        untold.addAll(changed);
        if (resting) return;
        long rest = Math.min(REST_NANOS_MAX, everyone.size() * REST_NANOS_EACH);
        long left = rest < REST_NANOS_MIN ? 0 : lastRound + rest - System.nanoTime();
        if (left <= 0) tellAll();
        else {
            resting = true;
            CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS, lane).execute(() -> {
                resting = false;
                if (!stopped) tellAll();
            });
        }
    }

    /** Tells each view what changed since the last round. */
    private void tellAll() {
        if (untold.isEmpty()) return;
        Set<String> changed = Set.copyOf(untold);
        untold.clear();
        for (View view : views.values()) view.tell(state, changed, told);
        lastRound = System.nanoTime();
    }

    private void reload() {
        unwatch();
        load();
    }

    private static Map<Long, Loaded> parsed(Event event, Map<Long, StoredRelease> releases) {
        Pointer pointer = Pointer.decode(event.keyValue());
        Coordinate file = FileKeys.parse(event.keyValue().key()).file();
        Map<Long, Loaded> parsed = new HashMap<>();
        releases.forEach((number, release) -> parsed.put(number, Loaded.of(file, pointer, release)));
        return parsed;
    }

    /** What the state shall hold for a file, from these releases and those it has; empty when one is at neither. */
    private Optional<ApplicationState.Entry> entry(Coordinate file, Pointer pointer, Map<Long, Loaded> fresh) {
        if (pointer.served().isEmpty()) return Optional.of(ApplicationState.Entry.deleted(file, pointer.revision()));
        Map<Long, Loaded> releases = new HashMap<>();
        for (Long number : pointer.served()) {
            Loaded one = fresh.get(number);
            if (one == null) one = state.release(file, number);
            if (one == null) return Optional.empty();
            releases.put(number, one);
        }
        return Optional.of(new ApplicationState.Entry(file, pointer.revision(), pointer, releases));
    }

    private void moved(long revision) {
        if (revision <= state.revision()) return;
        state.advance(revision);
        views.values().forEach(View::stateMoved);
    }

    private void unwatch() {
        inbox = null;
        Keyspace.Watch running = watch;
        watch = null;
        if (running != null) running.close();
    }

    private void fail(RuntimeException failure) {
        LOG.error(
                "event=subscription-follower-failed environment={} application={}", environment, application, failure);
        unwatch();
        loading = false;
        barrierRunning = false;
        failures++;
        endAll(failure);
    }

    private void endAll(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
        String message = cause instanceof AttuneException ? String.valueOf(cause.getMessage()) : "The server failed.";
        waiting.clear();
        arrived.clear();
        untold.clear();
        List<Subscriber> all = List.copyOf(everyone);
        all.forEach(each -> each.end(code, message));
    }
}
