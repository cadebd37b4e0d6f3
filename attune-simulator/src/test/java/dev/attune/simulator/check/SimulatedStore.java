package dev.attune.simulator.check;

import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A correct store with concurrent clients in virtual time: each call takes effect at one moment between its beginning
 * and its end. A switched-on bug makes it wrong now and then.
 */
final class SimulatedStore {
    /** What can be wrong with a store. */
    enum Bug {
        NONE,
        STALE_READ,
        STALE_READ_WITH_NEW_REVISION,
        STALE_READ_AFTER_RECONNECT,
        LOST_WRITE,
        WRITE_APPLIED_TWICE,
        GUARD_IGNORED,
        GUARD_FALSELY_FALSE,
        FAILED_BUT_APPLIED,
        UNKNOWN_APPLIED_TWICE,
        REVISION_REUSED,
        REVISION_RUNS_BACK,
        TRANSACTION_TORN,
        RANGE_MIXES_REVISIONS,
        WRONG_MOD_REVISION,
        DELETE_COMES_BACK,
        VALUE_OF_ANOTHER_KEY,
        DELETE_NOT_DONE
    }

    private static final int KEYS = 6;

    final List<Call> calls = new ArrayList<>();
    final List<LogEntry> log = new ArrayList<>();
    boolean bugHappened;

    private final Random random;
    private final Bug bug;
    private final Map<String, TreeMap<Long, Observed>> history = new HashMap<>();
    private long revision;

    private SimulatedStore(long seed, Bug bug) {
        this.random = new Random(seed);
        this.bug = bug;
    }

    static SimulatedStore run(long seed, int calls, int clients, Bug bug) {
        SimulatedStore store = new SimulatedStore(seed, bug);
        store.simulate(calls, clients);
        return store;
    }

    private record Pending(long point, int process, long begin, long end, Action action) {}

    private void simulate(int count, int clients) {
        List<Pending> all = new ArrayList<>();
        int process = 0;
        PriorityQueue<long[]> free = new PriorityQueue<>(Comparator.comparingLong((long[] c) -> c[0]));
        for (int i = 0; i < clients; i++) free.add(new long[] {random.nextInt(100), process++});
        for (int i = 0; i < count; i++) {
            long[] client = Objects.requireNonNull(free.poll());
            long begin = client[0];
            long point = begin + 1 + random.nextInt(1_000);
            long end = point + 1 + random.nextInt(1_000);
            all.add(new Pending(point, (int) client[1], begin, end, action(i)));
            free.add(new long[] {end + 1 + random.nextInt(50), client[1]});
        }
        all.sort(Comparator.comparingLong(Pending::point));
        for (Pending pending : all) perform(pending);
    }

    private Action action(int i) {
        String key = "k" + random.nextInt(KEYS);
        int dice = random.nextInt(100);
        if (dice < 35) return Action.get(key);
        if (dice < 45) return Action.range(List.of("k0", "k1", "k2", "k3", "k4", "k5"));
        if (dice < 65) return Action.put(key, "v" + i);
        if (dice < 85)
            return Action.compareAndSet(
                    key, at(key, revision - random.nextInt(3)).value(), "v" + i);
        if (dice < 93) return Action.delete(key);
        int pair = random.nextInt(KEYS / 2) * 2;
        return Action.transaction(
                List.of(),
                List.of(
                        new Action.Write("k" + pair, "v" + i + "a"),
                        new Action.Write("k" + (pair + 1), "v" + i + "b")));
    }

    private Observed at(String key, long when) {
        Map.Entry<Long, Observed> entry =
                history.computeIfAbsent(key, k -> new TreeMap<>()).floorEntry(when);
        return entry == null ? new Observed(null, 0) : entry.getValue();
    }

    private void perform(Pending pending) {
        boolean strike = bug != Bug.NONE && revision > 20 && random.nextInt(5) == 0;
        if (pending.action().isRead()) read(pending, strike);
        else write(pending, strike);
    }

    private void read(Pending pending, boolean strike) {
        Map<String, Observed> seen = new HashMap<>();
        long from = revision;
        boolean old = strike && (bug == Bug.STALE_READ || bug == Bug.STALE_READ_WITH_NEW_REVISION);
        if (old || (strike && bug == Bug.STALE_READ_AFTER_RECONNECT && pending.process() == 3)) from = revision - 15;
        boolean mixed = strike && bug == Bug.RANGE_MIXES_REVISIONS;
        for (String key : pending.action().reads())
            seen.put(key, at(key, mixed && random.nextBoolean() ? from - 10 : from));
        if (strike && bug == Bug.WRONG_MOD_REVISION)
            seen.replaceAll((k, v) -> new Observed(v.value(), v.modRevision() + 1));
        if (strike && bug == Bug.VALUE_OF_ANOTHER_KEY) seen.replaceAll((k, v) -> at("k0", revision));
        for (String key : pending.action().reads()) bugHappened |= !Objects.equals(seen.get(key), at(key, revision));
        long claimed = bug == Bug.STALE_READ_WITH_NEW_REVISION ? revision : from;
        add(pending, new Completion.Ok(pending.end(), claimed, true, false, seen));
    }

    private void write(Pending pending, boolean strike) {
        Action action = pending.action();
        boolean holds = true;
        for (Action.Guard guard : action.guards())
            holds &= Objects.equals(at(guard.key(), revision).value(), guard.expected());
        boolean told = holds;
        if (strike && bug == Bug.GUARD_IGNORED && !holds) told = true;
        if (strike && bug == Bug.GUARD_FALSELY_FALSE && !action.guards().isEmpty() && holds) told = false;
        bugHappened |= told != holds;
        if (!told) {
            add(pending, new Completion.Ok(pending.end(), revision, false, false, Map.of()));
            return;
        }
        if (!strike && random.nextInt(60) == 0) {
            add(pending, new Completion.Failed(pending.end(), "refused"));
            return;
        }
        boolean unanswered = random.nextInt(40) == 0 || (strike && bug == Bug.UNKNOWN_APPLIED_TWICE);
        if (unanswered && random.nextBoolean()) {
            add(pending, new Completion.Unknown("timed out"));
            return;
        }
        effect(pending, strike, unanswered);
    }

    private void effect(Pending pending, boolean strike, boolean unanswered) {
        List<LogEntry.Change> changes = effective(pending.action());
        boolean changed = !changes.isEmpty();
        boolean single = changes.size() == 1;
        boolean put = changed && changes.get(0).value() != null;
        boolean skip = strike && put && single && bug == Bug.LOST_WRITE;
        skip |= strike && changed && !put && bug == Bug.DELETE_NOT_DONE;
        boolean torn = strike && changes.size() == 2 && bug == Bug.TRANSACTION_TORN;
        boolean reused = strike && changed && bug == Bug.REVISION_REUSED && !log.isEmpty();
        boolean back = strike && changed && bug == Bug.REVISION_RUNS_BACK;
        long claimed = changed ? revision + 1 : revision;
        if (skip) claimed = revision + 1;
        else if (changed) commit(torn ? changes.subList(0, 1) : changes);
        if (strike && put && (bug == Bug.WRITE_APPLIED_TWICE || (unanswered && bug == Bug.UNKNOWN_APPLIED_TWICE))) {
            commit(changes);
            bugHappened = true;
        }
        if (strike && changed && !put && bug == Bug.DELETE_COMES_BACK) {
            commit(List.of(new LogEntry.Change(
                    changes.get(0).key(), at(changes.get(0).key(), revision - 1).value())));
            bugHappened = true;
        }
        bugHappened |= skip || torn || reused || back;
        if (reused) claimed--;
        if (back) claimed -= 12;
        boolean lied = strike && put && bug == Bug.FAILED_BUT_APPLIED;
        bugHappened |= lied;
        if (unanswered) add(pending, new Completion.Unknown("timed out"));
        else if (lied) add(pending, new Completion.Failed(pending.end(), "refused"));
        else add(pending, new Completion.Ok(pending.end(), claimed, true, changed, Map.of()));
    }

    private List<LogEntry.Change> effective(Action action) {
        List<LogEntry.Change> changes = new ArrayList<>();
        for (Action.Write write : action.writes()) {
            if (write.value() != null || at(write.key(), revision).value() != null)
                changes.add(new LogEntry.Change(write.key(), write.value()));
        }
        return changes;
    }

    private void commit(List<LogEntry.Change> changes) {
        revision++;
        log.add(new LogEntry(revision, changes));
        for (LogEntry.Change change : changes) {
            Observed now = change.value() == null ? new Observed(null, 0) : new Observed(change.value(), revision);
            history.computeIfAbsent(change.key(), k -> new TreeMap<>()).put(revision, now);
        }
    }

    private final Map<Integer, Long> indexes = new HashMap<>();
    private final Map<Integer, Integer> identities = new HashMap<>();

    private void add(Pending pending, Completion completion) {
        int process = identities.computeIfAbsent(pending.process(), p -> p);
        long index = indexes.merge(process, 1L, Long::sum);
        calls.add(new Call(process, index, pending.action(), pending.begin(), completion));
        // A client that does not know what became of its call goes on under a new identity.
        if (completion instanceof Completion.Unknown) identities.put(pending.process(), process + 1_000);
    }

    /** A correct watch of everything under {@code prefix} from {@code from}, with a progress mark now and then. */
    WatchHistory watch(int id, String prefix, long from) {
        List<WatchHistory.Delivery> deliveries = new ArrayList<>();
        for (LogEntry entry : log) {
            if (entry.revision() < from) continue;
            List<WatchHistory.Seen> seen = new ArrayList<>();
            for (LogEntry.Change change : entry.changes()) {
                if (change.key().startsWith(prefix)) seen.add(seen(change, entry.revision()));
            }
            if (!seen.isEmpty()) deliveries.add(new WatchHistory.Batch(entry.revision(), seen));
            if (entry.revision() % 7 == 0) deliveries.add(new WatchHistory.Progress(entry.revision()));
        }
        return new WatchHistory(id, prefix, from, deliveries);
    }

    private WatchHistory.Seen seen(LogEntry.Change change, long when) {
        @Nullable String previous = at(change.key(), when - 1).value();
        return new WatchHistory.Seen(change.key(), change.value(), when, true, previous);
    }
}
