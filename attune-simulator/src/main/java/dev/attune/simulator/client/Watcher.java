package dev.attune.simulator.client;

import dev.attune.client.steps.WatchCursor;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.history.WatchHistory;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that watches: it resumes behind what it has seen, on any server, when its connection ends or stays silent,
 * and starts anew when the place is compacted.
 */
public final class Watcher {
    private static final long SILENCE = 2_000_000;

    private final EventHeap time;
    private final Chance chance;
    private final Swarm swarm;
    private final FaultCounts counts;
    private final Cluster cluster;
    private final History history;
    private final Ledger ledger;
    private final Reach reach;
    private final String prefix;
    private final boolean previous;
    private final int fragmentBytes;
    private long takes;
    private int id;
    private int sdkId;
    private long from;
    // The SDK's: where to resume, and what it hands on to the program.
    private WatchCursor cursor = new WatchCursor(1);
    private List<WatchHistory.Delivery> handedOn = new ArrayList<>();
    private List<WatchHistory.Delivery> deliveries = new ArrayList<>();
    private final List<WatchHistory.Seen> fragments = new ArrayList<>();
    private Cluster.@Nullable Stream stream;
    private int connection;
    private long heardAt;
    private boolean done;

    public Watcher(Surroundings surroundings, Chance chance) {
        time = surroundings.time();
        this.chance = chance;
        swarm = surroundings.swarm();
        counts = surroundings.counts();
        cluster = surroundings.cluster();
        history = surroundings.history();
        ledger = surroundings.ledger();
        reach = surroundings.reach();
        Workload workload = surroundings.workload();
        prefix = chance.below(3) == 0 ? workload.all() : workload.prefix();
        // What a key was before is not told once that is compacted, so it cannot be judged then.
        previous = !swarm.on(FaultKind.COMPACTION) && chance.below(2) == 0;
        fragmentBytes = chance.below(3) == 0 ? 40 : 0;
        boolean slow = chance.permille(swarm.weight(FaultKind.SLOW_WATCHER) * 30);
        if (slow) counts.count(FaultKind.SLOW_WATCHER);
        takes = slow ? chance.between(20_000, 200_000) : chance.between(10, 500);
    }

    /** Opens the first watch. */
    public void start() {
        begin(1);
        connect();
        listen();
    }

    private void begin(long revision) {
        id = history.newWatch();
        sdkId = history.newWatch();
        from = Math.max(1, revision);
        cursor = new WatchCursor(from);
        deliveries = new ArrayList<>();
        handedOn = new ArrayList<>();
        fragments.clear();
    }

    private void connect() {
        if (done) return;
        int mine = ++connection;
        fragments.clear();
        cursor.opened();
        long next = cursor.next();
        heardAt = time.now();
        WatchSpec spec =
                new WatchSpec(KeyRange.prefix(Bytes.utf8(prefix)), next, previous, true, true, true, fragmentBytes);
        if (!deliveries.isEmpty()) reach.mark(Marker.WATCH_RESUMED);
        if (next > 1 && next <= ledger.compactedRevision()) reach.mark(Marker.WATCH_RESUMED_BELOW_COMPACTION);
        if (next > ledger.revision() + 1) reach.mark(Marker.WATCH_STARTED_IN_THE_FUTURE);
        stream = cluster.watch(chance.one(cluster.servers()), spec, () -> takes, new StreamListener() {
            @Override
            public void message(WatchMessage message) {
                if (mine == connection && !done) received(message);
            }

            @Override
            public void closed() {
                if (mine != connection) return;
                if (swarm.on(FaultKind.WATCH_ANYWHERE) && chance.below(4) == 0) leave();
                reconnect();
            }
        });
    }

    private void reconnect() {
        disconnect();
        if (!done) time.after(chance.between(1_000, 100_000), this::connect);
    }

    private void disconnect() {
        connection++;
        Cluster.Stream open = stream;
        stream = null;
        if (open != null) open.close();
    }

    /** Now and then: leaves a silent server, and closes the watch when the seed wants that. */
    private void listen() {
        time.after(chance.between(200_000, 600_000), () -> {
            if (done) return;
            if (time.now() - heardAt > SILENCE + takes * 8) reconnect();
            if (chance.permille(swarm.weight(FaultKind.WATCH_CANCEL) * 10)) {
                counts.count(FaultKind.WATCH_CANCEL);
                leave();
                reconnect();
            }
            listen();
        });
    }

    /** Gives up where it is and goes on elsewhere. */
    private void leave() {
        closed("cancelled", 0);
        finish();
        begin(anywhere());
    }

    private long anywhere() {
        long newest = ledger.revision();
        if (!chance.permille(swarm.weight(FaultKind.WATCH_ANYWHERE) * 30)) return newest + 1;
        counts.count(FaultKind.WATCH_ANYWHERE);
        if (chance.below(3) == 0) return Math.max(1, ledger.compactedRevision());
        return chance.between(Math.max(1, newest - 60), newest + 20);
    }

    private void received(WatchMessage message) {
        heardAt = time.now();
        if (message instanceof WatchEvents events) {
            List<Event> whole = cursor.took(events.revision(), events.events(), events.last());
            if (whole != null)
                handedOn.add(new WatchHistory.Batch(
                        events.revision(), whole.stream().map(this::seen).toList()));
            for (Event event : events.events()) fragments.add(seen(event));
            if (!events.last()) {
                reach.mark(Marker.WATCH_REVISION_IN_FRAGMENTS);
                return;
            }
            deliveries.add(new WatchHistory.Batch(events.revision(), fragments));
            fragments.clear();
        } else if (message instanceof WatchMessage.Progress progress) {
            deliveries.add(new WatchHistory.Progress(progress.revision()));
            handedOn.add(new WatchHistory.Progress(progress.revision()));
            cursor.progressed(progress.revision());
        } else if (message instanceof WatchMessage.Cancelled cancelled) {
            cancelled(cancelled);
        }
    }

    private void cancelled(WatchMessage.Cancelled cancelled) {
        if (cancelled.code() == ErrorCode.COMPACTED) {
            reach.mark(Marker.WATCH_ENDED_BY_COMPACTION);
            closed("compacted", cancelled.compactedRevision());
            finish();
            begin(Math.max(cancelled.compactedRevision(), cursor.next()));
        }
        reconnect();
    }

    private WatchHistory.Seen seen(Event event) {
        KeyValue before = event.previous();
        return new WatchHistory.Seen(
                event.keyValue().key().toUtf8(),
                event.isDelete() ? null : event.keyValue().value().toUtf8(),
                event.revision(),
                previous,
                before == null ? null : before.value().toUtf8());
    }

    private void closed(String why, long compacted) {
        deliveries.add(new WatchHistory.Closed(why, compacted));
        handedOn.add(new WatchHistory.Closed(why, compacted));
    }

    private void finish() {
        history.watch(new WatchHistory(id, prefix, from, deliveries));
        history.watch(new WatchHistory(sdkId, prefix, from, handedOn));
    }

    /** Takes its messages at once from now on. */
    public void hurry() {
        takes = 0;
    }

    /** Whether everything up to {@code head} was delivered, as far as the watcher knows. */
    public boolean reached(long head) {
        return cursor.next() > head;
    }

    @Override
    public String toString() {
        return "watch " + id + " from " + from + ", now at " + cursor.next();
    }

    /** Ends the last watch. */
    public void stop() {
        disconnect();
        done = true;
        finish();
    }
}
