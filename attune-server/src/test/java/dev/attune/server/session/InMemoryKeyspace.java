package dev.attune.server.session;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** As much of a store as the session's tests need, owned by one thread. Its switches make it misbehave on demand. */
final class InMemoryKeyspace implements Keyspace, Leases, AutoCloseable {
    private final ExecutorService owner = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "keyspace");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger keepAlives = new AtomicInteger();
    private final TreeMap<Bytes, KeyValue> keys = new TreeMap<>();
    private final List<List<Event>> history = new ArrayList<>();
    private final Map<Long, Map<Long, CommandResult>> answered = new HashMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final ArrayDeque<ErrorCode> refusals = new ArrayDeque<>();
    private long revision = 1;
    private long compacted;
    private int applied;
    private volatile boolean mute;

    /** The next writes are answered so, and not applied. */
    synchronized void refuseNext(ErrorCode... codes) {
        refusals.addAll(List.of(codes));
    }

    /** Writes are applied, but never answered. */
    void mute(boolean silent) {
        mute = silent;
    }

    /** How many writes had an effect. */
    int applied() {
        return CompletableFuture.supplyAsync(() -> applied, owner).join();
    }

    void compactTo(long at) {
        CompletableFuture.runAsync(() -> compacted = at, owner).join();
    }

    @Override
    public CompletableFuture<CommandResult> write(Command command) {
        CompletableFuture<CommandResult> answer = new CompletableFuture<>();
        owner.execute(() -> {
            ErrorCode refusal;
            synchronized (this) {
                refusal = refusals.poll();
            }
            if (refusal != null) {
                answer.completeExceptionally(new AttuneException(refusal, "told to"));
                return;
            }
            CommandResult result = apply(command);
            if (!mute) answer.complete(result);
        });
        return answer;
    }

    private CommandResult apply(Command command) {
        if (!(command instanceof Command.Mutate mutate)) return CommandResult.ok(revision, null);
        RequestId id = mutate.requestId();
        if (id == null) return mutate(mutate.operation());
        Map<Long, CommandResult> mine = answered.computeIfAbsent(id.clientId(), c -> new HashMap<>());
        CommandResult known = mine.get(id.sequence());
        if (known != null) return known;
        CommandResult result = mutate(mutate.operation());
        if (mine.size() > 4096) mine.keySet().removeIf(s -> s < id.completedBelow());
        mine.put(id.sequence(), result);
        return result;
    }

    private CommandResult mutate(Operation operation) {
        List<Event> events = new ArrayList<>();
        OperationResult result = run(operation, events);
        if (!events.isEmpty()) {
            applied++;
            revision++;
            history.add(events);
            for (Watcher watcher : List.copyOf(watchers)) watcher.pump();
        }
        return CommandResult.ok(revision, result);
    }

    private OperationResult run(Operation operation, List<Event> events) {
        long next = revision + 1;
        if (operation instanceof Operation.Put put) {
            KeyValue old = keys.get(put.key());
            KeyValue now = new KeyValue(
                    put.key(),
                    put.value(),
                    old == null ? next : old.createRevision(),
                    next,
                    old == null ? 1 : old.version() + 1,
                    put.leaseId());
            keys.put(put.key(), now);
            events.add(new Event(now, null));
            return new OperationResult.Put(put.previous() ? old : null);
        }
        if (operation instanceof Operation.Delete delete) {
            List<KeyValue> gone = select(delete.range());
            for (KeyValue each : gone) {
                keys.remove(each.key());
                events.add(new Event(KeyValue.deleted(each.key(), next), null));
            }
            return new OperationResult.Delete(gone.size(), List.of());
        }
        if (operation instanceof Operation.Range range) {
            List<KeyValue> found = select(range.range());
            return new OperationResult.Range(
                    range.view() == Operation.View.COUNT_ONLY ? List.of() : found, false, found.size());
        }
        Operation.Txn txn = (Operation.Txn) operation;
        boolean all = txn.compares().stream().allMatch(this::holds);
        List<OperationResult> results = new ArrayList<>();
        for (Operation each : all ? txn.then() : txn.otherwise()) results.add(run(each, events));
        return new OperationResult.Txn(all, results);
    }

    private boolean holds(Compare compare) {
        KeyValue kv = keys.get(compare.range().start());
        return (kv == null ? 0 : kv.modRevision()) == compare.number();
    }

    private List<KeyValue> select(KeyRange range) {
        if (range.isSingleKey()) {
            KeyValue one = keys.get(range.start());
            return one == null ? List.of() : List.of(one);
        }
        List<KeyValue> found = new ArrayList<>();
        for (KeyValue each : keys.tailMap(range.start()).values()) {
            if (!range.contains(each.key())) break;
            found.add(each);
        }
        return found;
    }

    @Override
    public CompletableFuture<CommandResult> read(Operation operation, ReadLevel level) {
        return CompletableFuture.supplyAsync(
                () -> CommandResult.ok(revision, run(operation, new ArrayList<>())), owner);
    }

    @Override
    public Watch watch(WatchSpec spec, WatchSink sink) {
        Watcher watcher = new Watcher(spec, sink);
        owner.execute(watcher::start);
        return watcher;
    }

    private final class Watcher implements Watch {
        private final WatchSpec spec;
        private final WatchSink sink;
        private long next;
        private boolean closed;

        Watcher(WatchSpec spec, WatchSink sink) {
            this.spec = spec;
            this.sink = sink;
        }

        void start() {
            next = spec.startRevision() == 0 ? revision + 1 : spec.startRevision();
            if (next < compacted) {
                sink.offer(new WatchMessage.Cancelled(ErrorCode.COMPACTED, "compacted", compacted));
                return;
            }
            watchers.add(this);
            pump();
        }

        void pump() {
            while (!closed && next <= revision) {
                List<Event> matching = new ArrayList<>();
                for (Event each : history.get((int) next - 2))
                    if (spec.range().contains(each.keyValue().key())) matching.add(each);
                if (!matching.isEmpty() && !sink.offer(new WatchEvents(next, matching, true))) return;
                next++;
            }
        }

        @Override
        public void resume() {
            owner.execute(this::pump);
        }

        @Override
        public void requestProgress() {
            owner.execute(() -> sink.offer(new WatchMessage.Progress(next - 1)));
        }

        @Override
        public void close() {
            owner.execute(() -> {
                closed = true;
                watchers.remove(this);
            });
        }
    }

    @Override
    public CompletableFuture<Long> keepAlive(long leaseId) {
        keepAlives.incrementAndGet();
        return CompletableFuture.completedFuture(1000L);
    }

    /** How many keep-alives were answered so far. */
    int keepAlives() {
        return keepAlives.get();
    }

    @Override
    public CompletableFuture<Lease> lease(long leaseId) {
        return CompletableFuture.failedFuture(new AttuneException(ErrorCode.LEASE_NOT_FOUND, "none"));
    }

    @Override
    public CompletableFuture<List<Long>> leases() {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void close() {
        owner.shutdownNow();
    }
}
