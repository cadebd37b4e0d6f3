package dev.attune.consensus.paxos;

import dev.attune.consensus.StateMachine;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that calls the state machine: it applies what is chosen and durable here, answers proposers and
 * waiting readers, and takes and restores snapshots in between.
 */
final class ApplyLoop {
    private static final int BATCH_ENTRIES_MAX = 1024;
    private static final long BATCH_BYTES_MAX = 4 << 20;

    private final StateMachine machine;
    private final Listener listener;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final TreeMap<Long, Configuration> configurations = new TreeMap<>();
    private final TreeMap<Long, List<Runnable>> readers = new TreeMap<>();
    private final Thread thread;
    private volatile long applied;
    private volatile boolean stopped;
    // The last entry's round, and what gathered since the last snapshot; the thread's own.
    private long appliedRound;
    private long entriesSinceSnapshot;
    private long bytesSinceSnapshot;

    /** What the host does about events of this thread; must not block. */
    interface Listener {
        void result(long proposal, byte[] result);

        void applied(long entriesSinceSnapshot, long bytesSinceSnapshot);

        void failed(String reason, Throwable cause);
    }

    ApplyLoop(String name, StateMachine machine, Listener listener) {
        this.machine = machine;
        this.listener = listener;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Brings the state machine up to what the files say; on the caller's thread, before {@link #start}. */
    void recover(MemberStorage storage, MemberStorage.Start start) throws IOException {
        configurations.put(start.snapshot(), start.snapshotConfiguration());
        configurations.put(start.recovered().chosen(), start.recovered().configuration());
        long slot = start.snapshot();
        applied = Math.max(machine.appliedIndex(), slot);
        if (machine.appliedIndex() < slot && storage.snapshots().list().contains(slot)) {
            try (SnapshotReader reader = storage.snapshots().read(slot)) {
                MemberStorage.configuration(reader);
                machine.restore(reader);
            }
        }
        List<Effects.Chosen> batch = new ArrayList<>();
        while (slot < start.recovered().chosen()) {
            Entry entry = storage.read(++slot);
            if (entry == null) throw new IOException("entry " + slot + " is missing");
            batch.add(new Effects.Chosen(entry, 0));
            if (batch.size() < BATCH_ENTRIES_MAX) continue;
            apply(batch);
            batch.clear();
        }
        apply(batch);
    }

    void start() {
        thread.start();
    }

    /** All slots up to it are in the state. */
    long applied() {
        return applied;
    }

    void chosen(List<Effects.Chosen> entries) {
        execute(() -> {
            for (int from = 0; from < entries.size(); ) {
                int to = from;
                long bytes = 0;
                while (to < entries.size() && to - from < BATCH_ENTRIES_MAX && bytes < BATCH_BYTES_MAX)
                    bytes += entries.get(to++).entry().bytes();
                apply(entries.subList(from, to));
                from = to;
            }
            listener.applied(entriesSinceSnapshot, bytesSinceSnapshot);
        });
    }

    void configuration(long slot, Configuration configuration) {
        execute(() -> configurations.put(slot, configuration));
    }

    void leadership(boolean leading, long round) {
        execute(() -> machine.leadershipChanged(leading, round));
    }

    /** Runs {@code reader} once {@code slot} is applied. */
    void whenApplied(long slot, Runnable reader) {
        execute(() -> {
            if (slot <= applied) reader.run();
            else readers.computeIfAbsent(slot, unused -> new ArrayList<>()).add(reader);
        });
    }

    /** A view of the state with the configuration it belongs to. */
    record Frozen(StateMachine.Frozen view, long round, Configuration configuration) {}

    void freeze(Consumer<Frozen> taker) {
        execute(() -> {
            entriesSinceSnapshot = 0;
            bytesSinceSnapshot = 0;
            StateMachine.Frozen view = machine.freeze();
            var entry = configurations.floorEntry(view.index());
            Configuration configuration =
                    entry == null ? configurations.firstEntry().getValue() : entry.getValue();
            if (entry != null) configurations.headMap(entry.getKey(), false).clear();
            taker.accept(new Frozen(view, appliedRound, configuration));
        });
    }

    /** Replaces the state by a snapshot that is ahead of it; {@code done} is told whether that was so. */
    void restore(MemberStorage storage, long slot, Consumer<@Nullable Configuration> done) {
        execute(() -> {
            if (slot <= applied) {
                done.accept(null);
                return;
            }
            try (SnapshotReader reader = storage.snapshots().read(slot)) {
                Configuration configuration = MemberStorage.configuration(reader);
                machine.restore(reader);
                configurations.put(slot, configuration);
                appliedRound = reader.header().term();
                reached(slot);
                done.accept(configuration);
            } catch (IOException e) {
                listener.failed("restoring a snapshot failed", e);
            }
        });
    }

    private void apply(List<Effects.Chosen> entries) {
        List<StateMachine.Committed> batch = new ArrayList<>(entries.size());
        List<Long> proposals = new ArrayList<>(entries.size());
        for (Effects.Chosen each : entries) {
            Entry entry = each.entry();
            entriesSinceSnapshot++;
            bytesSinceSnapshot += entry.bytes();
            if (entry.slot() <= applied) continue;
            appliedRound = entry.ballot().round();
            if (entry.kind() != Entry.Kind.COMMAND) continue;
            batch.add(new StateMachine.Committed(entry.slot(), appliedRound, entry.value()));
            proposals.add(each.proposal());
        }
        if (!batch.isEmpty()) {
            List<byte[]> results = machine.apply(batch);
            if (results.size() != batch.size())
                throw new IllegalStateException("results: " + results.size() + " (expected: " + batch.size() + ")");
            for (int i = 0; i < results.size(); i++)
                if (proposals.get(i) != 0) listener.result(proposals.get(i), results.get(i));
        }
        if (!entries.isEmpty())
            reached(Math.max(applied, entries.get(entries.size() - 1).entry().slot()));
    }

    private void reached(long slot) {
        applied = slot;
        while (!readers.isEmpty() && readers.firstKey() <= slot)
            readers.pollFirstEntry().getValue().forEach(Runnable::run);
    }

    private void execute(Runnable work) {
        queue.add(work);
    }

    private void run() {
        try {
            while (!stopped) queue.take().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            listener.failed("the state machine failed behind entry " + applied, e);
        }
    }

    /** Ends the thread after what it is about. */
    void stop() throws InterruptedException {
        execute(() -> stopped = true);
        thread.join(10_000);
    }
}
