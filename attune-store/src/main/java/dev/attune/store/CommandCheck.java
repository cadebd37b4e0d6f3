package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.KvCodec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can be refused without looking at the state, so that a host refuses it before it reaches the log. The rules and
 * their reach are etcd's.
 */
public final class CommandCheck {
    /** Most compares, and most operations of either branch, of one transaction; nested ones share the allowance. */
    public static final int TXN_OPERATIONS_MAX = 128;

    private CommandCheck() {}

    /** Throws {@link AttuneException} with {@code INVALID_ARGUMENT} when {@code operation} can never be carried out. */
    public static void check(Operation operation) {
        check(operation, TXN_OPERATIONS_MAX, 1);
        if (operation instanceof Operation.Txn txn) {
            writesOf(txn.then());
            writesOf(txn.otherwise());
        }
    }

    /** Whether {@code operation} can never change anything. */
    public static boolean readsOnly(Operation operation) {
        if (operation instanceof Operation.Range) return true;
        if (!(operation instanceof Operation.Txn txn)) return false;
        for (Operation each : txn.then()) if (!readsOnly(each)) return false;
        for (Operation each : txn.otherwise()) if (!readsOnly(each)) return false;
        return true;
    }

    private static void check(Operation operation, int allowance, int depth) {
        if (operation instanceof Operation.Range range) {
            requireKey(range.range().start());
        } else if (operation instanceof Operation.Put put) {
            requireKey(put.key());
            if (put.keepValue() && !put.value().isEmpty())
                throw refused("value: given (expected: none with keepValue)");
            if (put.keepLease() && put.leaseId() != 0) throw refused("lease: given (expected: none with keepLease)");
        } else if (operation instanceof Operation.Delete delete) {
            requireKey(delete.range().start());
        } else if (operation instanceof Operation.Txn txn) {
            checkTxn(txn, allowance, depth);
        }
    }

    private static void checkTxn(Operation.Txn txn, int allowance, int depth) {
        if (depth > KvCodec.TXN_DEPTH_MAX)
            throw refused("transaction depth: " + depth + " (expected: <= " + KvCodec.TXN_DEPTH_MAX + ")");
        int count = Math.max(
                txn.compares().size(),
                Math.max(txn.then().size(), txn.otherwise().size()));
        if (count > allowance)
            throw refused("operations in transaction: " + count + " (expected: <= " + allowance + ")");
        for (Compare compare : txn.compares()) requireKey(compare.range().start());
        for (Operation each : txn.then()) check(each, allowance - count, depth + 1);
        for (Operation each : txn.otherwise()) check(each, allowance - count, depth + 1);
    }

    /**
     * What a branch writes, refusing a key that is put twice or put and deleted. As in etcd, the open end {@code \0} of
     * a delete is compared as that byte here, so a delete without upper bound never overlaps a put; and what two nested
     * transactions of one branch delete is compared with the puts after them only.
     */
    private static Writes writesOf(List<Operation> branch) {
        Writes writes = new Writes(new LinkedHashSet<>(), new ArrayList<>());
        for (Operation each : branch) if (each instanceof Operation.Delete delete) writes.deletes.add(delete.range());
        for (Operation each : branch) {
            if (!(each instanceof Operation.Txn txn)) continue;
            Writes then = writesOf(txn.then());
            Writes otherwise = writesOf(txn.otherwise());
            for (Bytes key : then.puts) writes.put(key, null);
            for (Bytes key : otherwise.puts) writes.put(key, then.puts);
            writes.deletes.addAll(then.deletes);
            writes.deletes.addAll(otherwise.deletes);
        }
        for (Operation each : branch) if (each instanceof Operation.Put put) writes.put(put.key(), null);
        return writes;
    }

    private static void requireKey(Bytes key) {
        if (key.isEmpty()) throw refused("key: empty (expected: at least one byte)");
    }

    private static AttuneException refused(String message) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message);
    }

    private record Writes(Set<Bytes> puts, List<KeyRange> deletes) {
        /** Adds a put; one that {@code exclusive} holds may be there already, because only one of the two runs. */
        void put(Bytes key, @Nullable Set<Bytes> exclusive) {
            boolean repeated = !puts.add(key) && (exclusive == null || !exclusive.contains(key));
            if (repeated || deleted(key)) throw refused("key: " + key + " written twice in one transaction");
        }

        private boolean deleted(Bytes key) {
            for (KeyRange each : deletes) {
                if (each.isSingleKey() ? each.start().equals(key) : inside(each, key)) return true;
            }
            return false;
        }

        private static boolean inside(KeyRange range, Bytes key) {
            return key.compareTo(range.start()) >= 0 && key.compareTo(range.end()) < 0;
        }
    }
}
