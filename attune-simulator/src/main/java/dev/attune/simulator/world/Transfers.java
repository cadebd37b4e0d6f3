package dev.attune.simulator.world;

import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.simulator.disk.StoredSnapshot;
import dev.attune.simulator.reach.Marker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Snapshots of one server: written, sent to peers, and installed; and entries sent to peers that lag. */
final class Transfers {
    private static final long RESEND = 200_000;
    private static final int ENTRIES_MAX = 40;

    private final Server server;
    private final Shared shared;
    private final Map<Integer, Long> sentAt = new HashMap<>();
    private long requestedAt;
    private boolean busy;
    private int life;

    Transfers(Server server, Shared shared) {
        this.server = server;
        this.shared = shared;
    }

    void crash() {
        if (busy) shared.reach().mark(Marker.SNAPSHOT_INTERRUPTED);
        life++;
        busy = false;
        sentAt.clear();
    }

    /** Writes a snapshot when enough was applied since the last. */
    void maybeTake() {
        if (server.machine().slot() - requestedAt >= shared.options().snapshotEvery()) take();
    }

    /** Writes a snapshot of the state as it is now, in the background. */
    void take() {
        // A witness has nothing to write out, and cuts its log only when its core says so.
        if (busy || server.isWitness() || server.machine().slot() == 0) return;
        if (server.machine().slot() > server.coreChosen()) return;
        StoredSnapshot before = server.disk().snapshot();
        if (before != null && before.slot() >= server.machine().slot()) return;
        busy = true;
        requestedAt = server.machine().slot();
        StoredSnapshot taken = server.machine().snapshot();
        later(taken.state().length, () -> {
            server.disk().store(taken);
            server.machine().sync();
            busy = false;
            shared.trace().note(server.name(), "snapshot", taken.slot(), taken.state().length);
            long cut = Math.max(0, taken.slot() - shared.options().keep());
            server.deliver(new Input.SnapshotTaken(taken.slot(), cut));
        });
    }

    private void later(int bytes, Runnable step) {
        int of = life;
        shared.time().after(server.disk().snapshotTime(bytes), () -> {
            if (of != life) return;
            server.guarded(() -> {
                server.point(CrashPoint.SNAPSHOT);
                step.run();
                server.point(CrashPoint.SNAPSHOT);
            });
        });
    }

    /** A peer needs what lies from {@code from} on. */
    void catchUp(Server peer, long from) {
        List<Entry> entries = new ArrayList<>();
        for (long slot = from; slot <= server.coreChosen() && entries.size() < ENTRIES_MAX; slot++) {
            Entry entry = server.disk().entries().get(slot);
            if (entry == null) break;
            entries.add(entry);
        }
        if (!entries.isEmpty()) {
            shared.reach().mark(Marker.CAUGHT_UP_FROM_LOG);
            server.send(peer, new Message.Learn(entries, server.coreChosen()));
            return;
        }
        StoredSnapshot snapshot = server.disk().snapshot();
        if (snapshot == null || snapshot.slot() < from) {
            take();
            return;
        }
        long now = shared.time().now();
        if (now - sentAt.getOrDefault(peer.number(), -RESEND) < RESEND) return;
        sentAt.put(peer.number(), now);
        shared.reach().mark(Marker.SNAPSHOT_SENT);
        shared.trace().note(server.name(), "send snapshot", peer.number(), snapshot.slot());
        shared.network().send(server.number(), peer.number(), () -> peer.snapshotArrived(snapshot));
    }

    /** A peer's snapshot has arrived; it is installed unless it comes too late. */
    void install(StoredSnapshot snapshot) {
        if (busy || snapshot.slot() <= server.coreChosen()) {
            shared.reach().mark(Marker.SNAPSHOT_OVERTAKEN);
            return;
        }
        if (server.isWitness()) {
            server.machine().begin(snapshot.slot(), snapshot.configuration());
            server.deliver(new Input.SnapshotSkipped(snapshot.slot(), snapshot.configuration()));
            server.restored(snapshot.slot());
            return;
        }
        busy = true;
        later(snapshot.state().length, () -> {
            busy = false;
            if (snapshot.slot() <= server.coreChosen()) {
                shared.reach().mark(Marker.SNAPSHOT_OVERTAKEN);
                return;
            }
            server.disk().store(snapshot);
            server.point(CrashPoint.SNAPSHOT);
            if (snapshot.slot() > server.machine().slot()) server.machine().restore(snapshot);
            requestedAt = snapshot.slot();
            shared.trace().note(server.name(), "installed", snapshot.slot(), 0);
            server.deliver(new Input.SnapshotInstalled(snapshot.slot(), snapshot.configuration()));
            server.restored(snapshot.slot());
        });
    }
}
