package dev.attune.server.tuning;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import java.util.ArrayList;
import java.util.List;

/** A transaction while it is being put together. One thread. */
final class Writing {
    private final List<Compare> compares = new ArrayList<>();
    private final List<Operation> writes = new ArrayList<>();

    Writing when(Compare compare) {
        compares.add(compare);
        return this;
    }

    Writing when(List<Compare> more) {
        compares.addAll(more);
        return this;
    }

    Writing put(Bytes key, Bytes value) {
        writes.add(Operation.Put.of(key, value));
        return this;
    }

    Writing write(Operation operation) {
        writes.add(operation);
        return this;
    }

    Writing write(List<Operation> more) {
        writes.addAll(more);
        return this;
    }

    List<Compare> compares() {
        return compares;
    }

    List<Operation> writes() {
        return writes;
    }

    Operation.Txn txn() {
        return new Operation.Txn(compares, writes, List.of());
    }
}
