package dev.attune.model.kv;

import dev.attune.model.Bytes;
import java.util.List;

/** What can be asked of the store, alone or as part of a transaction. Semantics are etcd's (v3). */
public sealed interface Operation {
    <R> R match(Cases<R> cases);

    /** One branch per kind, so that a new kind fails to compile until every reader handles it. */
    interface Cases<R> {
        R range(Range range);

        R put(Put put);

        R delete(Delete delete);

        R txn(Txn txn);
    }

    /**
     * Reads keys.
     *
     * @param limit how many at the most; 0 for no limit
     * @param revision as of which revision; 0 for the newest
     * @param view which parts of each key are wanted
     */
    record Range(KeyRange range, long limit, long revision, Sort sort, View view, Filter filter) implements Operation {
        public Range {
            if (limit < 0) throw new IllegalArgumentException("limit: " + limit + " (expected: >= 0)");
            if (revision < 0) throw new IllegalArgumentException("revision: " + revision + " (expected: >= 0)");
        }

        /** All keys of {@code range}, newest, by key. */
        public static Range of(KeyRange range) {
            return new Range(range, 0, 0, Sort.NONE, View.FULL, Filter.NONE);
        }

        public Range atRevision(long at) {
            return new Range(range, limit, at, sort, view, filter);
        }

        public Range withLimit(long most) {
            return new Range(range, most, revision, sort, view, filter);
        }

        public Range withView(View wanted) {
            return new Range(range, limit, revision, sort, wanted, filter);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.range(this);
        }
    }

    /**
     * Writes one key.
     *
     * @param leaseId lease to attach to, or 0 to detach
     * @param previous whether the former key is returned
     * @param keepValue only lease and version change; the key must exist (etcd: ignore_value)
     * @param keepLease the lease stays; the key must exist (etcd: ignore_lease)
     */
    record Put(Bytes key, Bytes value, long leaseId, boolean previous, boolean keepValue, boolean keepLease)
            implements Operation {
        public static Put of(Bytes key, Bytes value) {
            return new Put(key, value, 0, false, false, false);
        }

        public Put withLease(long lease) {
            return new Put(key, value, lease, previous, keepValue, keepLease);
        }

        public Put withPrevious() {
            return new Put(key, value, leaseId, true, keepValue, keepLease);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.put(this);
        }
    }

    /** Removes every key of {@code range}; with {@code previous} the removed keys are returned. */
    record Delete(KeyRange range, boolean previous) implements Operation {
        public static Delete of(Bytes key) {
            return new Delete(KeyRange.key(key), false);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.delete(this);
        }
    }

    /** Runs {@code then} when every compare is true, else {@code otherwise}; all at one revision. */
    record Txn(List<Compare> compares, List<Operation> then, List<Operation> otherwise) implements Operation {
        public Txn {
            compares = List.copyOf(compares);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.txn(this);
        }
    }

    /** In which order a range is returned. */
    record Sort(Target target, Order order) {
        public static final Sort NONE = new Sort(Target.KEY, Order.NONE);

        /** What to sort by. The ordinal is the wire number, as in etcd. */
        public enum Target {
            KEY,
            VERSION,
            CREATE_REVISION,
            MOD_REVISION,
            VALUE
        }

        /** The ordinal is the wire number, as in etcd. */
        public enum Order {
            NONE,
            ASCENDING,
            DESCENDING
        }
    }

    /** Which parts of each key a range returns. The ordinal is the wire number. */
    enum View {
        FULL,
        KEYS_ONLY,
        COUNT_ONLY
    }

    /** Keeps only keys whose revisions lie in these bounds; 0 means unbounded. */
    record Filter(long modRevisionMin, long modRevisionMax, long createRevisionMin, long createRevisionMax) {
        public static final Filter NONE = new Filter(0, 0, 0, 0);
    }
}
