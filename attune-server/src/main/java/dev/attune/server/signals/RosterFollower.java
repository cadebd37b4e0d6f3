package dev.attune.server.signals;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.lane.Lane;
import dev.attune.server.lane.WatchInbox;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the {@link Roster} as the keys are, by one watch, between {@link #start} and {@link #stop}. Any thread. */
final class RosterFollower {
    private static final Logger LOG = LoggerFactory.getLogger(RosterFollower.class);
    private static final KeyRange INSTANCES = KeyRange.prefix(SystemKeys.of("instance/"));

    private final Keyspace keyspace;
    private final Reads reads;
    private final Roster roster;
    private final Clock clock;
    private final Consumer<Roster.Left> left;
    private final Lane lane;
    // All below: lane only.
    private boolean wanted;
    private boolean loading;
    private @Nullable WatchInbox inbox;
    private Keyspace.@Nullable Watch watch;

    RosterFollower(Keyspace keyspace, Executor workers, Roster roster, Clock clock, Consumer<Roster.Left> left) {
        this.keyspace = keyspace;
        this.reads = new Reads(keyspace);
        this.roster = roster;
        this.clock = clock;
        this.left = left;
        this.lane = new Lane(workers, this::failed);
    }

    /** Begins, or tries again when it is not following; to be called from time to time. */
    void start() {
        lane.execute(() -> {
            wanted = true;
            if (watch == null && !loading) load();
        });
    }

    void stop() {
        lane.execute(() -> {
            wanted = false;
            unwatch();
            roster.clear();
        });
    }

    private void failed(RuntimeException failure) {
        LOG.error("event=roster-failed", failure);
        unwatch();
    }

    private void unwatch() {
        inbox = null;
        Keyspace.Watch running = watch;
        watch = null;
        if (running != null) running.close();
    }

    private void load() {
        loading = true;
        reads.found(Operation.Range.of(INSTANCES), ReadLevel.STALE)
                .whenComplete((found, failure) -> lane.execute(() -> {
                    loading = false;
                    if (failure == null && wanted) loaded(found);
                }));
    }

    private void loaded(Reads.Found found) {
        roster.clear();
        for (KeyValue each : found.keyValues()) changed(new Event(each, null));
        WatchInbox box = new WatchInbox(lane, this::handle);
        inbox = box;
        Keyspace.Watch started = keyspace.watch(WatchSpec.of(INSTANCES, found.revision() + 1), box);
        watch = started;
        box.fedBy(started);
    }

    private void handle(WatchInbox from, WatchMessage message) {
        if (from != inbox) return;
        if (message instanceof WatchEvents events) events.events().forEach(this::changed);
        else if (message instanceof WatchMessage.Cancelled) unwatch();
    }

    private void changed(Event event) {
        roster.changed(event, clock.millis()).ifPresent(left);
    }
}
