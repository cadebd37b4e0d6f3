package dev.attune.client.config;

import dev.attune.client.session.Session;
import dev.attune.client.session.Stream;
import dev.attune.client.signal.Signals;
import dev.attune.model.AttuneException;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Directive;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ServerFrame;
import dev.attune.model.wire.Decoder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One subscription: turns updates into snapshots, saves them and tells listeners. The snapshot in force is one
 * reference, swapped under this object's lock and read without it.
 */
final class ConfigFeed extends Stream {
    private static final System.Logger LOG = System.getLogger(ConfigFeed.class.getName());
    private static final long WINDOW_BYTES = 4 << 20;
    private static final long REPORT_NANOS = 200_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Session session;
    private final InstanceSpec instance;
    private final List<String> files;
    private final Host host;
    private final CopyOnWriteArrayList<Listening> listeners = new CopyOnWriteArrayList<>();
    private final Voting voting = new Voting();
    private final RolloutPart rollouts;
    private final AtomicInteger undecided = new AtomicInteger();
    private final Reporter reporter = new Reporter();
    private final Session.Ticking reporting = this::reportIfDue;
    private final AtomicReference<@Nullable Signals> signals = new AtomicReference<>();
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicReference<SnapshotStore.@Nullable Saved> toSave = new AtomicReference<>();
    private volatile ConfigSnapshot current;
    // What the centre has; what is in force lags behind it while a state is being checked, or was vetoed.
    private volatile ConfigSnapshot offered;
    private volatile long reportedNanos;
    private volatile @Nullable AttuneException failure;
    private volatile long failedNanos;
    private SnapshotStore.@Nullable Saved pin;
    private boolean alarmed;
    private volatile boolean closed;
    // Decisions that wait until nobody holds them back any more; guarded by this list's own lock.
    private final List<Runnable> heldBack = new ArrayList<>();
    private int holds;
    private volatile @Nullable Vetoed vetoed;
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong vetoes = new AtomicLong();

    /**
     * What the client lends every subscription.
     *
     * @param listeners runs listeners, one after the other
     * @param disk runs what waits for a disk
     */
    record Host(
            Executor listeners,
            Executor disk,
            Clock clock,
            @Nullable SnapshotStore store,
            Layers layers,
            Duration signalInterval) {}

    ConfigFeed(Session session, InstanceSpec instance, List<String> files, Host host) {
        this.session = session;
        this.instance = instance;
        this.files = files;
        this.host = host;
        this.current = ConfigSnapshot.none(files, host.layers());
        this.offered = current;
        this.rollouts = new RolloutPart(
                voting,
                new RolloutPart.Host(
                        this::current,
                        () -> String.valueOf(session.clusterId()),
                        answer -> session.say(this, id -> new ClientFrame.Answered(id, answer)),
                        host.disk(),
                        host.store()));
        if (host.store() != null) restoreStaged(host.store());
        session.add(reporting);
    }

    private void restoreStaged(SnapshotStore store) {
        for (SnapshotStore.Staged each : store.staged(host.clock().millis())) {
            SnapshotStore.Saved saved = each.saved();
            rollouts.restored(each, current.complete(saved.state(), ConfigSource.CENTRE, saved.savedMillis()));
        }
    }

    Reporter reporter() {
        return reporter;
    }

    /** Begins to tell what the program measures when it is asked for the first time. */
    Signals signals() {
        Signals made = new Signals(
                (measurements, lines) -> session.say(this, id -> new ClientFrame.Measured(id, measurements, lines)),
                host.listeners(),
                host.signalInterval());
        return signals.compareAndSet(null, made) ? made : Objects.requireNonNull(signals.get());
    }

    private void reportIfDue(long nowNanos) {
        Signals told = signals.get();
        if (told != null) told.tick(nowNanos);
        if (!reporter.isDue() || nowNanos - reportedNanos < REPORT_NANOS) return;
        reportedNanos = nowNanos;
        session.say(this, reporter::take);
    }

    Config.Registration guard(ConfigGuard guard) {
        return voting.add(guard);
    }

    Config.Registration participate(ConfigParticipant participant) {
        return voting.add(participant, current.revision());
    }

    /** Puts no further state in force until the result is closed; what comes meanwhile is decided then, in order. */
    Config.Registration hold() {
        synchronized (heldBack) {
            holds++;
        }
        AtomicBoolean held = new AtomicBoolean(true);
        return () -> {
            if (held.getAndSet(false)) letGo();
        };
    }

    private void letGo() {
        synchronized (heldBack) {
            if (--holds > 0) return;
            heldBack.forEach(host.listeners()::execute);
            heldBack.clear();
        }
    }

    private boolean isHeld() {
        synchronized (heldBack) {
            return holds > 0;
        }
    }

    private void later(Runnable decision) {
        synchronized (heldBack) {
            if (holds > 0) heldBack.add(decision);
            else host.listeners().execute(decision);
        }
    }

    @Nullable Vetoed vetoed() {
        return vetoed;
    }

    long applied() {
        return applied.get();
    }

    long vetoes() {
        return vetoes.get();
    }

    /** For how long what is in force may have been behind, in nanoseconds; 0 while the centre is being followed. */
    long staleNanos() {
        ConfigSnapshot now = current;
        if (now.source() == ConfigSource.SNAPSHOT)
            return Math.max(1, host.clock().millis() - now.receivedMillis()) * NANOS_PER_MILLI;
        if (failure != null) return Math.max(1, session.nanoTime() - failedNanos);
        return session.silentNanos();
    }

    ConfigSnapshot current() {
        return current;
    }

    CountDownLatch answered() {
        return answered;
    }

    @Nullable AttuneException failure() {
        return failure;
    }

    /** Remembers a local copy, so that the centre cannot move this process behind it (S5). */
    synchronized void pin(SnapshotStore.Saved saved) {
        pin = saved;
    }

    /** Puts the local copy in force, unless the centre has answered meanwhile. */
    synchronized void useLocalCopy() {
        SnapshotStore.Saved saved = pin;
        if (saved == null || current.source() == ConfigSource.CENTRE) return;
        current = current.complete(saved.state(), ConfigSource.SNAPSHOT, saved.savedMillis());
        offered = current;
    }

    @Override
    protected ClientFrame open(long streamId) {
        ConfigSnapshot now = offered;
        reporter.again();
        // A local copy is checked against the complete state, so that an answer comes even when nothing changed.
        long after = now.source() == ConfigSource.CENTRE ? now.revision() : 0;
        return new ClientFrame.Subscribe(streamId, instance, files, after, WINDOW_BYTES, true);
    }

    @Override
    protected void received(ServerFrame frame) {
        if (frame instanceof ServerFrame.Directed directed) directed(directed);
        if (!(frame instanceof ServerFrame.Config config)) return;
        ConfigUpdate update = ConfigCodec.readUpdate(new Decoder(config.encoded()));
        int bytes = config.encoded().size();
        ConfigSnapshot next = isWhole(update) ? accept(update) : null;
        if (next == null) {
            session.credit(this, bytes);
            return;
        }
        // Without guards a state is in force at once; behind one that is still being checked it waits its turn.
        boolean ask = !voting.isEmpty() && !rollouts.isDecided(current, next);
        boolean check = isHeld() || ask || undecided.get() > 0;
        Told done = check ? null : putInForce(next);
        if (check) undecided.incrementAndGet();
        later(() -> {
            Told told = check ? decide(next) : done;
            if (told != null && !closed && !told.change.changedFiles().isEmpty()) tell(told);
            session.credit(this, bytes);
        });
    }

    private static boolean isWhole(ConfigUpdate update) {
        for (FileContent file : update.files())
            if (!SnapshotStore.sha256(file.text()).equals(file.sha256())) {
                LOG.log(System.Logger.Level.ERROR, "update refused: " + file.file() + " does not match its hash");
                return false;
            }
        return true;
    }

    private void directed(ServerFrame.Directed frame) {
        ConfigSnapshot trial = null;
        int bytes = frame.encoded().size();
        if (frame.directive().kind() == Directive.Kind.PREPARE) {
            ConfigUpdate update = ConfigCodec.readUpdate(new Decoder(frame.encoded()));
            // Laid over what was offered when it came: what is offered later may stand on something else.
            if (isWhole(update)) trial = offered.after(update, host.clock().millis());
            if (trial == null) session.credit(this, bytes);
            if (trial == null) return;
        }
        ConfigSnapshot wouldCome = trial;
        later(() -> {
            if (!closed) rollouts.directed(frame.directive(), wouldCome);
            if (bytes > 0) session.credit(this, bytes);
        });
    }

    private @Nullable Told decide(ConfigSnapshot next) {
        undecided.decrementAndGet();
        ConfigChange change = new ConfigChange(current, next);
        String reason = rollouts.isDecided(current, next) ? "" : voting.ask(change);
        if (reason.isEmpty()) return putInForce(next);
        LOG.log(System.Logger.Level.WARNING, "revision " + next.revision() + " vetoed: " + reason);
        List<FileContent> refused = changed(change);
        reporter.decided(refused, reason);
        rollouts.vetoed(reason);
        Map<String, Long> releases = new TreeMap<>();
        for (FileContent each : refused) releases.put(each.file(), each.release());
        vetoed = new Vetoed(next.revision(), releases, reason, host.clock().millis());
        vetoes.incrementAndGet();
        return null;
    }

    private static List<FileContent> changed(ConfigChange change) {
        List<FileContent> files = new ArrayList<>();
        for (String name : change.changedFiles()) {
            FileContent file = change.after().files().get(name);
            if (file != null) files.add(file);
        }
        return files;
    }

    private synchronized Told putInForce(ConfigSnapshot next) {
        ConfigSnapshot before = current;
        SnapshotStore.Saved saved =
                new SnapshotStore.Saved(String.valueOf(session.clusterId()), next.receivedMillis(), next.toUpdate());
        pin = saved;
        boolean back = rollouts.isWayBack(next);
        current = next;
        rollouts.inForce(before, next);
        vetoed = null;
        applied.incrementAndGet();
        answered.countDown();
        if (host.store() != null && toSave.getAndSet(saved) == null) host.disk().execute(this::save);
        reporter.decided(next.files().values(), "");
        return new Told(new ConfigChange(before, next), back);
    }

    /**
     * What the program is to be told.
     *
     * @param back whether it undoes a rollout
     */
    private record Told(ConfigChange change, boolean back) {}

    private synchronized @Nullable ConfigSnapshot accept(ConfigUpdate update) {
        String cluster = String.valueOf(session.clusterId());
        String refusal = refusal(update, cluster);
        if (refusal != null) {
            if (!alarmed) LOG.log(System.Logger.Level.ERROR, "update refused: " + refusal);
            alarmed = true;
            return null;
        }
        alarmed = false;
        ConfigSnapshot next = offered.after(update, host.clock().millis());
        offered = next;
        return next;
    }

    private @Nullable String refusal(ConfigUpdate update, String cluster) {
        ConfigSnapshot now = offered;
        SnapshotStore.Saved known = pin;
        if (!update.complete() && now.source() != ConfigSource.CENTRE) return "not complete, and nothing to build on";
        if (known == null) return null;
        if (!known.clusterId().equals(cluster)) {
            // A process never mixes two clusters; one that has read nothing yet follows whom it was pointed at.
            if (now.source() != ConfigSource.NONE)
                return "cluster " + cluster + " (expected: " + known.clusterId()
                        + "); to follow the new cluster, remove this application's local snapshots and start it again";
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the local snapshot is of cluster " + known.clusterId() + ", now following " + cluster);
            return null;
        }
        if (update.revision() < known.state().revision())
            return "revision " + update.revision() + " is behind "
                    + known.state().revision()
                    + ": the centre was restored from an older copy; to follow it, stop this process and remove its"
                    + " local snapshots";
        return null;
    }

    private void save() {
        SnapshotStore.Saved saved = toSave.getAndSet(null);
        SnapshotStore store = host.store();
        if (saved == null || store == null) return;
        try {
            store.save(saved);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "configuration not saved locally", e);
        }
    }

    private void tell(Told told) {
        ConfigChange change = told.change;
        String failure = voting.apply(change, told.back);
        rollouts.applied(failure);
        if (!failure.isEmpty()) reporter.decided(changed(change), "in force, but not applied: " + failure);
        for (Listening each : listeners) {
            if (change.after().revision() <= each.since) continue;
            try {
                each.listener.changed(change);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a configuration listener failed", e);
            }
        }
    }

    Config.Registration add(ConfigListener listener) {
        // What is in force now may still be on its way to the listener thread; it is no change to this listener.
        Listening one = new Listening(listener, current.revision());
        listeners.add(one);
        return () -> listeners.remove(one);
    }

    /** A listener and the revision it starts after. Compared by identity: the same listener may be added twice. */
    private static final class Listening {
        private final ConfigListener listener;
        private final long since;

        Listening(ConfigListener listener, long since) {
            this.listener = listener;
            this.since = since;
        }
    }

    @Override
    protected void ended(ServerFrame.Cancelled frame) {
        failedNanos = session.nanoTime();
        failure = new AttuneException(frame.code(), frame.message());
        answered.countDown();
        LOG.log(System.Logger.Level.ERROR, "subscription ended: " + frame.code() + ": " + frame.message());
    }

    void close() {
        closed = true;
        session.remove(reporting);
        session.close(this);
    }
}
