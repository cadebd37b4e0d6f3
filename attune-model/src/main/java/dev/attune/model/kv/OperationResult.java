package dev.attune.model.kv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one {@link Operation} returned. */
public sealed interface OperationResult {
    <R> R match(Cases<R> cases);

    /** One branch per kind, so that a new kind fails to compile until every reader handles it. */
    interface Cases<R> {
        R range(Range range);

        R put(Put put);

        R delete(Delete delete);

        R txn(Txn txn);
    }

    /**
     * The keys read.
     *
     * @param more whether the limit cut the result
     * @param count how many keys are in the range, whatever the limit
     */
    record Range(List<KeyValue> keyValues, boolean more, long count) implements OperationResult {
        public Range {
            keyValues = List.copyOf(keyValues);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.range(this);
        }
    }

    /**
     * A put was done.
     *
     * @param previous the former key when it was asked for and existed
     */
    record Put(@Nullable KeyValue previous) implements OperationResult {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.put(this);
        }
    }

    /**
     * A delete was done.
     *
     * @param deleted how many keys were removed
     * @param previous the removed keys when they were asked for, else empty
     */
    record Delete(long deleted, List<KeyValue> previous) implements OperationResult {
        public Delete {
            previous = List.copyOf(previous);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.delete(this);
        }
    }

    /**
     * A transaction was done.
     *
     * @param succeeded whether every compare was true, so that {@code results} are those of {@code then}
     */
    record Txn(boolean succeeded, List<OperationResult> results) implements OperationResult {
        public Txn {
            results = List.copyOf(results);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.txn(this);
        }
    }
}
