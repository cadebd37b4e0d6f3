package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** What one member has written: the durable part, and writes that a crash may still take back. */
final class MemoryDisk {
    private final Deque<Step> unsynced = new ArrayDeque<>();
    private Image durable;
    private Image written;

    /** A snapshot: all values applied up to a slot. */
    record Snapshot(long slot, List<String> state, Configuration configuration) {}

    private record Step(long number, List<Effects.Write> writes) {}

    private static final class Image {
        private Ballot promised = Ballot.ZERO;
        private long chosen;
        private final NavigableMap<Long, Entry> log = new TreeMap<>();
        private Snapshot snapshot;
        private boolean damaged;

        Image(Snapshot snapshot) {
            this.snapshot = snapshot;
        }

        Image copy() {
            Image copy = new Image(snapshot);
            copy.promised = promised;
            copy.chosen = chosen;
            copy.log.putAll(log);
            copy.damaged = damaged;
            return copy;
        }

        void apply(Effects.Write write) {
            if (write instanceof Effects.Write.Append append) append(append.entry());
            else if (write instanceof Effects.Write.SetPromised promise) promise(promise.ballot());
            else if (write instanceof Effects.Write.SetChosen set) chosen = set.slot();
            else if (write instanceof Effects.Write.CutHead cut)
                log.headMap(cut.slot(), true).clear();
            else if (write instanceof Effects.Write.CutWitness cut) {
                log.headMap(cut.slot(), true).clear();
                snapshot = new Snapshot(cut.slot(), List.of(), cut.configuration());
            } else if (write instanceof Effects.Write.SetSound) damaged = false;
        }

        private void append(Entry entry) {
            if (!log.isEmpty() && entry.slot() > log.lastKey() + 1)
                throw new AssertionError("a gap before slot " + entry.slot());
            log.put(entry.slot(), entry);
        }

        private void promise(Ballot ballot) {
            if (ballot.compareTo(promised) < 0) throw new AssertionError("promise " + promised + " fell to " + ballot);
            promised = ballot;
        }
    }

    MemoryDisk(Configuration initial) {
        durable = new Image(new Snapshot(0, List.of(), initial));
        written = durable.copy();
    }

    void write(long step, List<Effects.Write> writes) {
        unsynced.add(new Step(step, writes));
        for (Effects.Write write : writes) written.apply(write);
    }

    /** Makes all writes so far durable; returns the last step. */
    void sync(long upTo) {
        while (!unsynced.isEmpty() && unsynced.peekFirst().number <= upTo)
            for (Effects.Write write : unsynced.removeFirst().writes) durable.apply(write);
    }

    /** Keeps the first {@code surviving} unsynced writes only. */
    void crash(int surviving) {
        int left = surviving;
        for (Step step : unsynced) for (Effects.Write write : step.writes) if (left-- > 0) durable.apply(write);
        unsynced.clear();
        // A log that ends before the snapshot begins anew behind it.
        if (!durable.log.isEmpty() && durable.log.lastKey() < durable.snapshot.slot()) durable.log.clear();
        written = durable.copy();
    }

    int unsyncedWrites() {
        return unsynced.stream().mapToInt(step -> step.writes.size()).sum();
    }

    /** Everything is gone, and the member knows that. */
    void wipe(Configuration initial) {
        unsynced.clear();
        durable = new Image(new Snapshot(0, List.of(), initial));
        durable.damaged = true;
        written = durable.copy();
    }

    void snapshot(Snapshot snapshot) {
        durable.snapshot = snapshot;
        written.snapshot = snapshot;
    }

    Snapshot snapshot() {
        return written.snapshot;
    }

    NavigableMap<Long, Entry> log() {
        return written.log;
    }

    /** The state at {@link Recovered#chosen()} comes with it, as a host would have it. */
    Snapshot recoveredState() {
        Snapshot base = durable.snapshot;
        List<String> state = new ArrayList<>(base.state());
        Configuration configuration = base.configuration();
        long slot = base.slot();
        while (slot < durable.chosen && durable.log.containsKey(slot + 1)) {
            Entry entry = Objects.requireNonNull(durable.log.get(++slot));
            if (entry.kind() == Entry.Kind.COMMAND) state.add(CoreWorld.text(entry));
            configuration = ConfigurationChain.changeBy(entry, configuration).orElse(configuration);
        }
        return new Snapshot(slot, state, configuration);
    }

    Recovered recovered(long nonce) {
        Snapshot state = recoveredState();
        List<Entry> tail = List.copyOf(durable.log.tailMap(state.slot(), false).values());
        return new Recovered(durable.promised, state.slot(), state.configuration(), tail, durable.damaged, nonce);
    }
}
