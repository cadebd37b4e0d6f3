package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations against the keys, as etcd does: a transaction first chooses its branches and checks what they need,
 * all against the state before it, and only then changes anything; so it is refused as a whole or runs as a whole.
 */
final class Evaluator {
    private final Versions versions;
    private final Leases leases;

    Evaluator(Versions versions, Leases leases) {
        this.versions = versions;
        this.leases = leases;
    }

    /** Runs a checked operation; what it changes shares one revision. Refusals leave the state as it was. */
    OperationResult mutate(Operation operation) {
        ArrayDeque<Boolean> branches = new ArrayDeque<>();
        plan(operation, branches);
        OperationResult result = run(operation, branches);
        versions.endRevision();
        return result;
    }

    /** Runs a checked operation that changes nothing. */
    OperationResult read(Operation operation) {
        ArrayDeque<Boolean> branches = new ArrayDeque<>();
        plan(operation, branches);
        return run(operation, branches);
    }

    /** Notes for each transaction on the way, in order, whether it succeeds; refuses what cannot be run. */
    private void plan(Operation operation, ArrayDeque<Boolean> branches) {
        if (operation instanceof Operation.Range range) {
            versions.requireReadable(range.revision());
        } else if (operation instanceof Operation.Put put) {
            // A put alone looks at its lease first, one in a transaction at its key first, as in etcd.
            requireLease(put);
            requirePuttable(put);
        } else if (operation instanceof Operation.Txn txn) {
            choose(txn, branches);
            checkPuts(txn, new ArrayDeque<>(branches));
            checkRanges(txn, new ArrayDeque<>(branches));
        }
    }

    private void choose(Operation.Txn txn, ArrayDeque<Boolean> branches) {
        boolean succeeded = true;
        for (Compare compare : txn.compares()) {
            if (Compares.holds(compare, versions)) continue;
            succeeded = false;
            break;
        }
        branches.addLast(succeeded);
        for (Operation each : succeeded ? txn.then() : txn.otherwise())
            if (each instanceof Operation.Txn nested) choose(nested, branches);
    }

    private void checkPuts(Operation.Txn txn, ArrayDeque<Boolean> branches) {
        for (Operation each : branches.removeFirst() ? txn.then() : txn.otherwise()) {
            if (each instanceof Operation.Put put) requirePuttable(put);
            else if (each instanceof Operation.Txn nested) checkPuts(nested, branches);
        }
    }

    private void checkRanges(Operation.Txn txn, ArrayDeque<Boolean> branches) {
        for (Operation each : branches.removeFirst() ? txn.then() : txn.otherwise()) {
            if (each instanceof Operation.Range range) versions.requireReadable(range.revision());
            else if (each instanceof Operation.Txn nested) checkRanges(nested, branches);
        }
    }

    private void requirePuttable(Operation.Put put) {
        if (put.keepValue() || put.keepLease()) {
            KeyHistory history = versions.history(put.key());
            if (history == null || !history.live())
                throw new AttuneException(ErrorCode.NOT_FOUND, "key " + put.key() + " not found");
        }
        requireLease(put);
    }

    private void requireLease(Operation.Put put) {
        if (put.leaseId() != 0 && !leases.exists(put.leaseId())) throw Leases.unknown(put.leaseId());
    }

    private OperationResult run(Operation operation, ArrayDeque<Boolean> branches) {
        return operation.match(new Operation.Cases<OperationResult>() {
            @Override
            public OperationResult range(Operation.Range range) {
                return Ranges.read(range, versions);
            }

            @Override
            public OperationResult put(Operation.Put put) {
                return Evaluator.this.put(put);
            }

            @Override
            public OperationResult delete(Operation.Delete delete) {
                return Evaluator.this.delete(delete);
            }

            @Override
            public OperationResult txn(Operation.Txn txn) {
                boolean succeeded = branches.removeFirst();
                List<Operation> branch = succeeded ? txn.then() : txn.otherwise();
                List<OperationResult> results = new ArrayList<>(branch.size());
                for (Operation each : branch) results.add(each.match(this));
                return new OperationResult.Txn(succeeded, results);
            }
        });
    }

    private OperationResult.Put put(Operation.Put put) {
        boolean keeps = put.keepValue() || put.keepLease();
        if (!keeps && !put.previous()) {
            versions.put(put.key(), put.value(), put.leaseId());
            return new OperationResult.Put(null);
        }
        KeyHistory history = versions.history(put.key());
        KeyValue previous = history == null ? null : versions.at(history, versions.readRevision());
        KeyValue kept = keeps ? kept(previous, history) : null;
        long lease = kept != null && put.keepLease() ? kept.leaseId() : put.leaseId();
        versions.put(
                put.key(),
                kept != null && put.keepValue() ? kept.value() : put.value(),
                leases.exists(lease) ? lease : 0);
        return new OperationResult.Put(put.previous() ? previous : null);
    }

    /** What keepValue and keepLease refer to: the key now or, when this transaction deleted it, as it was before. */
    private @Nullable KeyValue kept(@Nullable KeyValue now, @Nullable KeyHistory history) {
        if (now != null || history == null) return now;
        return versions.at(history, versions.revision());
    }

    private OperationResult.Delete delete(Operation.Delete delete) {
        List<KeyHistory> found = new ArrayList<>();
        for (KeyHistory each : versions.live(delete.range())) found.add(each);
        List<KeyValue> previous = new ArrayList<>(delete.previous() ? found.size() : 0);
        if (delete.previous()) {
            for (KeyHistory each : found) {
                KeyValue before = versions.at(each, versions.readRevision());
                if (before != null) previous.add(before);
            }
        }
        for (KeyHistory each : found) versions.delete(each);
        return new OperationResult.Delete(found.size(), previous);
    }

    /** Ends a lease and deletes its keys at one revision. */
    void revoke(long leaseId) {
        for (Bytes key : leases.keysOf(leaseId)) {
            KeyHistory history = versions.history(key);
            if (history != null && history.live()) versions.delete(history);
        }
        leases.remove(leaseId);
        versions.endRevision();
    }
}
