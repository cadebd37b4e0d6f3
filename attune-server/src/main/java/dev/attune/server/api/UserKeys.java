package dev.attune.server.api;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import java.util.List;

/** Keeps raw-key calls inside the users' part of the key space: single keys are refused, ranges are cut. */
public final class UserKeys {
    private UserKeys() {}

    /** The key itself; a system key or an empty one is refused. */
    public static Bytes key(Bytes key) {
        if (key.isEmpty()) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "key: empty");
        if (SystemKeys.isSystem(key))
            throw new AttuneException(
                    ErrorCode.PERMISSION_DENIED, "key: begins with byte 0, which Attune keeps for itself");
        return key;
    }

    /** What users may see of a range. */
    public static KeyRange range(KeyRange range) {
        return range.isSingleKey() ? KeyRange.key(key(range.start())) : SystemKeys.userPart(range);
    }

    /** The operation with every key and range in it, at any depth, kept in the users' part. */
    public static Operation confine(Operation operation) {
        return operation.match(new Operation.Cases<Operation>() {
            @Override
            public Operation range(Operation.Range r) {
                return new Operation.Range(
                        UserKeys.range(r.range()), r.limit(), r.revision(), r.sort(), r.view(), r.filter());
            }

            @Override
            public Operation put(Operation.Put p) {
                key(p.key());
                return p;
            }

            @Override
            public Operation delete(Operation.Delete d) {
                return new Operation.Delete(UserKeys.range(d.range()), d.previous());
            }

            @Override
            public Operation txn(Operation.Txn t) {
                return new Operation.Txn(
                        t.compares().stream().map(UserKeys::confine).toList(), all(t.then()), all(t.otherwise()));
            }
        });
    }

    /** Whether the operation changes nothing, whatever its compares say. */
    public static boolean readsOnly(Operation operation) {
        return operation.match(new Operation.Cases<Boolean>() {
            @Override
            public Boolean range(Operation.Range r) {
                return true;
            }

            @Override
            public Boolean put(Operation.Put p) {
                return false;
            }

            @Override
            public Boolean delete(Operation.Delete d) {
                return false;
            }

            @Override
            public Boolean txn(Operation.Txn t) {
                return t.then().stream().allMatch(UserKeys::readsOnly)
                        && t.otherwise().stream().allMatch(UserKeys::readsOnly);
            }
        });
    }

    private static Compare confine(Compare c) {
        return new Compare(range(c.range()), c.target(), c.relation(), c.number(), c.value());
    }

    private static List<Operation> all(List<Operation> operations) {
        return operations.stream().map(UserKeys::confine).toList();
    }
}
