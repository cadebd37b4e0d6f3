package dev.attune.simulator.judge;

import dev.attune.model.RequestId;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.wire.MalformedException;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.reach.Reach;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Lease;
import dev.attune.store.ResultCodec;
import dev.attune.store.StateHash;
import dev.attune.store.Store;
import dev.attune.store.StoreOptions;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchHub;
import dev.attune.store.WatchSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The truth of a run: what was chosen at each position, and a store that has applied it in order. Every server is held
 * against it, whatever order they learn things in.
 */
public final class Ledger {
    // Longer commands are not about leases.
    private static final int LEASE_BYTES_MAX = 32;
    private static final Chosen UNKNOWN = new Chosen(0, null, 0);

    private final List<Chosen> chosen = new ArrayList<>();
    private final List<Applied> applied = new ArrayList<>();
    private final List<LogEntry> log = new ArrayList<>();
    private final Map<RequestKey, First> requests = new HashMap<>();
    private final Map<Holding, BitSet> holders = new HashMap<>();
    private final Ballots ballots = new Ballots();
    private LongConsumer leaseEnded = id -> {};
    private final Reach reach;
    private final Store store;
    private final WatchHub hub;
    private final StateHash emptyHash;

    public Ledger(StoreOptions options, Reach reach) {
        this.reach = reach;
        store = Store.open(new InMemoryRevisionStore(), options);
        emptyHash = store.stateHash();
        hub = new WatchHub(store);
        hub.open(new WatchSpec(KeyRange.all(), 1, false, true, true, false, 0), message -> {
            if (message instanceof WatchEvents events) log.add(entry(events));
            return true;
        });
    }

    /** What was chosen at one index; {@code command} is null for what the engine wrote for itself. */
    private record Chosen(long identity, byte @Nullable [] command, long round) {}

    /** The store behind one index. */
    private record Applied(StateHash hash, long revision, byte @Nullable [] result) {}

    private record RequestKey(long client, long sequence) {}

    /** Where a request was first chosen, and whether it has changed the store. */
    private record First(long index, long round, boolean changed) {}

    private record Holding(long index, long identity) {}

    /**
     * A server has learnt that a value is chosen at {@code index} (from 1).
     *
     * @param identity equal exactly for equal values, the engine's own ones included; not 0
     * @param command what the store applies; null for an entry of the engine's own
     * @param round of the ballot it is known in
     */
    public void chosen(String server, long index, long identity, byte @Nullable [] command, long round) {
        while (chosen.size() < index) chosen.add(UNKNOWN);
        Chosen known = chosen.get((int) index - 1);
        if (known.identity() == 0) chosen.set((int) index - 1, new Chosen(identity, command, round));
        else if (known.identity() != identity)
            throw new BrokenInvariant(
                    Invariant.ONE_VALUE_PER_SLOT, server + " has another value chosen at " + index + " than was known");
        while (applied.size() < chosen.size()) {
            Chosen next = chosen.get(applied.size());
            if (next.identity() == 0) break;
            apply(applied.size() + 1, next);
        }
    }

    /** Has every lease's end told. */
    public void onLeaseEnded(LongConsumer listener) {
        leaseEnded = listener;
    }

    /** The leases that there are. */
    public Collection<Lease> leases() {
        return store.leases();
    }

    /** The servers' votes, position by position. */
    public Ballots ballots() {
        return ballots;
    }

    /** A server's disk holds a value at {@code index} durably. */
    public void durable(int server, long index, long identity) {
        holders.computeIfAbsent(new Holding(index, identity), key -> new BitSet())
                .set(server);
    }

    /** Which servers' disks hold, or held, the value chosen at {@code index}. */
    public BitSet holders(long index) {
        return holders.getOrDefault(
                new Holding(index, chosen.get((int) index - 1).identity()), new BitSet());
    }

    private void apply(long index, Chosen entry) {
        byte @Nullable [] command = entry.command();
        long before = store.revision();
        byte @Nullable [] result = command == null ? null : store.apply(index, command);
        store.commit();
        long after = store.revision();
        if (after < before || after > before + 1)
            throw new BrokenInvariant(
                    Invariant.DENSE_REVISIONS, "index " + index + " went from revision " + before + " to " + after);
        if (command != null) countRequest(index, command, after > before, entry.round());
        if (result != null) noteLease(command, result);
        applied.add(new Applied(store.stateHash(), after, result));
        while (hub.advance()) {
            // Until the log is complete.
        }
    }

    private void noteLease(byte @Nullable [] command, byte[] result) {
        if (command == null || command.length > LEASE_BYTES_MAX) return;
        Command decoded = CommandCodec.decode(command);
        long ended = decoded instanceof Command.RevokeLease revoke
                ? revoke.id()
                : decoded instanceof Command.ExpireLease expire ? expire.id() : 0;
        if (ended != 0 && ResultCodec.decode(result).error() == null) leaseEnded.accept(ended);
    }

    private void countRequest(long index, byte[] command, boolean changed, long round) {
        RequestId id = requestId(command);
        if (id == null) return;
        RequestKey key = new RequestKey(id.clientId(), id.sequence());
        First first = requests.get(key);
        if (first == null) {
            requests.put(key, new First(index, round, changed));
            return;
        }
        reach.mark(Marker.REPEAT_CHOSEN_TWICE);
        if (round > first.round()) reach.mark(Marker.REPEAT_AFTER_FAILOVER);
        if (!changed) return;
        if (first.changed())
            throw new BrokenInvariant(
                    Invariant.REQUEST_ONCE, id + " changed the store at index " + first.index() + " and at " + index);
        requests.put(key, new First(first.index(), first.round(), true));
    }

    private static @Nullable RequestId requestId(byte[] command) {
        try {
            return CommandCodec.decode(command) instanceof Command.Mutate mutate ? mutate.requestId() : null;
        } catch (MalformedException e) {
            return null;
        }
    }

    /** A server has applied {@code index} and has this state and result now. */
    public void applied(String server, long index, StateHash hash, long revision, byte @Nullable [] result) {
        Applied expected = at(server, index);
        if (expected.revision() != revision || !expected.hash().equals(hash))
            throw new BrokenInvariant(
                    Invariant.SAME_STATE,
                    server + " at index " + index + " is at revision " + revision + " with " + hash + " (expected: "
                            + expected.revision() + " with " + expected.hash() + ")");
        if (result != null && !Arrays.equals(result, expected.result()))
            throw new BrokenInvariant(Invariant.SAME_STATE, server + " has another result at index " + index);
    }

    /** A client was told {@code result}, of the entry at {@code index}. */
    public void acknowledged(String server, long index, byte[] result) {
        if (!Arrays.equals(result, at(server, index).result()))
            throw new BrokenInvariant(
                    Invariant.ACKNOWLEDGED_IS_CHOSEN, server + " answered what index " + index + " does not give");
    }

    /** A watcher was given events of {@code revision}. */
    public void watched(String server, long revision) {
        if (revision > store.revision())
            throw new BrokenInvariant(
                    Invariant.WATCH_COMMITTED,
                    server + " showed revision " + revision + " (expected: <= " + store.revision() + ")");
    }

    private Applied at(String server, long index) {
        if (index == 0) return new Applied(emptyHash, 1, null);
        if (index > applied.size())
            throw new BrokenInvariant(
                    Invariant.APPLY_ORDER, server + " is at index " + index + ", chosen are " + applied.size());
        return applied.get((int) index - 1);
    }

    /** How many positions, from the first on without a gap, are chosen. */
    public long chosenIndex() {
        return applied.size();
    }

    /** The newest committed revision. */
    public long revision() {
        return store.revision();
    }

    /** The oldest revision that can be read; 0 before the first compaction. */
    public long compactedRevision() {
        return store.compactedRevision();
    }

    /** All committed changes, by revision. */
    public List<LogEntry> log() {
        return log;
    }

    private static LogEntry entry(WatchEvents events) {
        List<LogEntry.Change> changes = new ArrayList<>();
        for (Event event : events.events()) {
            @Nullable String value = event.isDelete() ? null : event.keyValue().value().toUtf8();
            changes.add(new LogEntry.Change(event.keyValue().key().toUtf8(), value));
        }
        return new LogEntry(events.revision(), changes);
    }
}
