package dev.attune.server.keyspace;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.SystemKeys;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps every protocol's raw-key calls inside the users' part of the key space: ranges are cut to it, a single system
 * key is refused with {@code PERMISSION_DENIED}. What lies inside already is handed back as it is.
 */
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
        if (range.isSingleKey()) key(range.start());
        return SystemKeys.userPart(range);
    }

    /** The operation with every key and range in it, at any depth, kept in the users' part. */
    public static Operation confine(Operation operation) {
        return operation.match(new Operation.Cases<Operation>() {
            @Override
            public Operation range(Operation.Range r) {
                KeyRange part = UserKeys.range(r.range());
                return part.equals(r.range())
                        ? r
                        : new Operation.Range(part, r.limit(), r.revision(), r.sort(), r.view(), r.filter());
            }

            @Override
            public Operation put(Operation.Put p) {
                key(p.key());
                return p;
            }

            @Override
            public Operation delete(Operation.Delete d) {
                KeyRange part = UserKeys.range(d.range());
                return part.equals(d.range()) ? d : new Operation.Delete(part, d.previous());
            }

            @Override
            public Operation txn(Operation.Txn t) {
                List<Compare> compares = new ArrayList<>(t.compares().size());
                for (Compare each : t.compares()) compares.add(confine(each));
                return new Operation.Txn(compares, all(t.then()), all(t.otherwise()));
            }
        });
    }

    private static Compare confine(Compare c) {
        return new Compare(range(c.range()), c.target(), c.relation(), c.number(), c.value());
    }

    private static List<Operation> all(List<Operation> operations) {
        List<Operation> confined = new ArrayList<>(operations.size());
        for (Operation each : operations) confined.add(confine(each));
        return confined;
    }
}
