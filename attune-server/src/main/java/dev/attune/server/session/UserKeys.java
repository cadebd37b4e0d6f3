package dev.attune.server.session;

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
 * Keeps users' operations off the system's keys: ranges are cut to the users' part, a single system key is refused with
 * {@code PERMISSION_DENIED}.
 */
final class UserKeys {
    private UserKeys() {}

    static Operation clamp(Operation operation) {
        if (operation instanceof Operation.Put put) {
            require(put.key());
            return put;
        }
        if (operation instanceof Operation.Range range) return clamp(range);
        if (operation instanceof Operation.Delete delete) {
            KeyRange part = clamp(delete.range());
            return part.equals(delete.range()) ? delete : new Operation.Delete(part, delete.previous());
        }
        Operation.Txn txn = (Operation.Txn) operation;
        List<Compare> compares = new ArrayList<>(txn.compares().size());
        for (Compare each : txn.compares())
            compares.add(new Compare(clamp(each.range()), each.target(), each.relation(), each.number(), each.value()));
        return new Operation.Txn(compares, clampAll(txn.then()), clampAll(txn.otherwise()));
    }

    private static Operation.Range clamp(Operation.Range range) {
        KeyRange part = clamp(range.range());
        return part.equals(range.range())
                ? range
                : new Operation.Range(
                        part, range.limit(), range.revision(), range.sort(), range.view(), range.filter());
    }

    static KeyRange clamp(KeyRange range) {
        if (range.isSingleKey()) require(range.start());
        return SystemKeys.userPart(range);
    }

    private static List<Operation> clampAll(List<Operation> operations) {
        List<Operation> all = new ArrayList<>(operations.size());
        for (Operation each : operations) all.add(clamp(each));
        return all;
    }

    private static void require(Bytes key) {
        if (SystemKeys.isSystem(key))
            throw new AttuneException(ErrorCode.PERMISSION_DENIED, "key: starts with byte 0, which is the system's");
    }
}
