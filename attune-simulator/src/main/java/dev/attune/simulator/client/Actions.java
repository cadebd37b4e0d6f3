package dev.attune.simulator.client;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.simulator.history.Action;
import dev.attune.simulator.history.Completion;
import dev.attune.simulator.history.Completion.Observed;
import dev.attune.store.CommandResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Action}s as operations of the store, and its answers as the checkers want them. */
final class Actions {
    private Actions() {}

    static Operation operation(Action action) {
        List<Operation> reads = new ArrayList<>();
        for (String key : action.reads()) reads.add(range(key));
        if (action.isRead()) return reads.size() == 1 ? reads.get(0) : new Operation.Txn(List.of(), reads, List.of());
        List<Operation> writes = new ArrayList<>();
        for (Action.Write write : action.writes()) writes.add(write(write));
        if (action.guards().isEmpty() && writes.size() == 1) return writes.get(0);
        List<Compare> compares = new ArrayList<>();
        List<Operation> otherwise = new ArrayList<>();
        for (Action.Guard guard : action.guards()) {
            Bytes key = Bytes.utf8(guard.key());
            String expected = guard.expected();
            compares.add(expected == null ? Compare.absent(key) : Compare.valueIs(key, Bytes.utf8(expected)));
            otherwise.add(range(guard.key()));
        }
        return new Operation.Txn(compares, writes, otherwise);
    }

    private static Operation range(String key) {
        return Operation.Range.of(KeyRange.key(Bytes.utf8(key)));
    }

    private static Operation write(Action.Write write) {
        Bytes key = Bytes.utf8(write.key());
        String value = write.value();
        return value == null
                ? new Operation.Delete(KeyRange.key(key), true)
                : Operation.Put.of(key, Bytes.utf8(value)).withPrevious();
    }

    /** What the client of {@code action} was told at {@code at}. */
    static Completion completion(Action action, CommandResult result, long at) {
        if (result.error() == ErrorCode.ALREADY_APPLIED) return new Completion.Unknown(result.message());
        if (result.error() != null) return new Completion.Failed(at, result.error() + " " + result.message());
        Seen seen = new Seen();
        OperationResult of = result.result();
        boolean succeeded = true;
        if (of instanceof OperationResult.Txn txn) {
            succeeded = txn.succeeded();
            for (int i = 0; i < txn.results().size(); i++)
                seen.add(key(action, succeeded, i), txn.results().get(i));
        } else if (of != null) {
            seen.add(key(action, true, 0), of);
        }
        return new Completion.Ok(at, result.revision(), succeeded, seen.changed, seen.observed);
    }

    private static String key(Action action, boolean succeeded, int index) {
        if (action.isRead()) return action.reads().get(index);
        return succeeded
                ? action.writes().get(index).key()
                : action.guards().get(index).key();
    }

    private static final class Seen {
        private final Map<String, Observed> observed = new LinkedHashMap<>();
        private boolean changed;

        void add(String key, OperationResult result) {
            if (result instanceof OperationResult.Range range) {
                observe(
                        key,
                        range.keyValues().isEmpty() ? null : range.keyValues().get(0));
            } else if (result instanceof OperationResult.Put put) {
                changed = true;
                observe(key, put.previous());
            } else if (result instanceof OperationResult.Delete delete) {
                changed |= delete.deleted() > 0;
                observe(
                        key,
                        delete.previous().isEmpty() ? null : delete.previous().get(0));
            }
        }

        private void observe(String key, @Nullable KeyValue value) {
            observed.put(
                    key,
                    value == null
                            ? new Observed(null, 0)
                            : new Observed(value.value().toUtf8(), value.modRevision()));
        }
    }
}
