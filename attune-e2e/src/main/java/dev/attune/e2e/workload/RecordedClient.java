package dev.attune.e2e.workload;

import dev.attune.client.kv.KvClient;
import dev.attune.client.kv.ReadResult;
import dev.attune.client.kv.WriteOutcome;
import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** One client with one open call at a time. One that does not know what became of a call goes on as another client. */
final class RecordedClient {
    private final KvClient kv;
    private final Random random;
    private final AtomicInteger processes;
    private final LongSupplier clock;
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, String> lastSeen = new LinkedHashMap<>();
    private int process;
    private long index;

    /** @param processes hands out the numbers of clients */
    RecordedClient(KvClient kv, Random random, AtomicInteger processes, LongSupplier clock) {
        this.kv = kv;
        this.random = random;
        this.processes = processes;
        this.clock = clock;
        this.process = processes.incrementAndGet();
    }

    List<Call> calls() {
        return calls;
    }

    /** Makes one call and records it. */
    void step() throws InterruptedException {
        Action action = draw();
        long number = ++index;
        int caller = process;
        long begin = clock.getAsLong();
        Completion completion = action.isRead() ? read(action) : write(action);
        calls.add(new Call(caller, number, action, begin, completion));
        if (completion instanceof Completion.Unknown) process = processes.incrementAndGet();
    }

    private Action draw() {
        String key = RecordedLoad.key(random.nextInt(RecordedLoad.KEYS));
        String value = "c" + process + "-" + index;
        int dice = random.nextInt(100);
        if (dice < 35) return Action.get(key);
        if (dice < 45) return Action.range(RecordedLoad.GROUPS.get(random.nextInt(RecordedLoad.GROUPS.size())));
        if (dice < 70) return Action.put(key, value);
        if (dice < 90) return Action.compareAndSet(key, lastSeen.get(key), value);
        if (dice < 95) {
            int pair = random.nextInt(RecordedLoad.KEYS / 2) * 2;
            String one = RecordedLoad.key(pair);
            String two = RecordedLoad.key(pair + 1);
            return Action.transaction(
                    List.of(), List.of(new Action.Write(one, value + "a"), new Action.Write(two, value + "b")));
        }
        return Action.delete(key);
    }

    private Completion read(Action action) throws InterruptedException {
        List<String> keys = action.reads();
        KeyRange range = keys.size() == 1
                ? KeyRange.key(Bytes.utf8(keys.get(0)))
                : new KeyRange(Bytes.utf8(keys.get(0)), Bytes.utf8(keys.get(keys.size() - 1) + "\0"));
        try {
            ReadResult result = kv.range(Operation.Range.of(range)).get();
            Map<String, Observed> observed = new LinkedHashMap<>();
            for (String key : keys) observed.put(key, new Observed(null, 0));
            for (KeyValue each : result.keyValues())
                observed.put(each.key().toUtf8(), new Observed(each.value().toUtf8(), each.modRevision()));
            observed.forEach((key, seen) -> {
                if (seen.value() == null) lastSeen.remove(key);
                else lastSeen.put(key, seen.value());
            });
            return new Completion.Ok(clock.getAsLong(), result.revision(), true, false, observed);
        } catch (ExecutionException e) {
            return new Completion.Failed(clock.getAsLong(), String.valueOf(e.getCause()));
        }
    }

    private Completion write(Action action) throws InterruptedException {
        WriteOutcome outcome;
        try {
            outcome = kv.write(operation(action)).get();
        } catch (ExecutionException e) {
            return new Completion.Unknown(String.valueOf(e.getCause()));
        }
        long end = clock.getAsLong();
        if (outcome instanceof WriteOutcome.Unknown unknown) return new Completion.Unknown(unknown.message());
        if (outcome instanceof WriteOutcome.Failed failed)
            return new Completion.Failed(end, failed.code() + ": " + failed.message());
        WriteOutcome.Ok ok = (WriteOutcome.Ok) outcome;
        // Applied, but which answer it had is no longer kept: its effect is in the log or is not.
        if (ok.result() == null) return new Completion.Unknown("answer no longer kept");
        return answered(ok, ok.result(), end);
    }

    private static Completion answered(WriteOutcome.Ok ok, OperationResult result, long end) {
        if (result instanceof OperationResult.Delete delete)
            return new Completion.Ok(end, ok.revision(), true, delete.deleted() > 0, Map.of());
        if (result instanceof OperationResult.Txn txn)
            return new Completion.Ok(end, ok.revision(), txn.succeeded(), txn.succeeded(), Map.of());
        return new Completion.Ok(end, ok.revision(), true, true, Map.of());
    }

    private static Operation operation(Action action) {
        List<Operation> writes = new ArrayList<>();
        for (Action.Write write : action.writes()) {
            Bytes key = Bytes.utf8(write.key());
            writes.add(
                    write.value() == null
                            ? Operation.Delete.of(key)
                            : Operation.Put.of(key, Bytes.utf8(write.value())));
        }
        if (writes.size() == 1 && action.guards().isEmpty()) return writes.get(0);
        List<Compare> compares = new ArrayList<>();
        for (Action.Guard guard : action.guards()) {
            Bytes key = Bytes.utf8(guard.key());
            compares.add(
                    guard.expected() == null
                            ? Compare.absent(key)
                            : Compare.valueIs(key, Bytes.utf8(guard.expected())));
        }
        return new Operation.Txn(compares, writes, List.of());
    }
}
