package dev.attune.rollout.coordinate;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.ArrayList;
import java.util.List;

/** What the coordinator does next, in transactions that change nothing when the record was moved meanwhile. */
public sealed interface Transition {
    /** Most targets that are changed in one transaction. */
    int CHANGES_MAX = 100;

    /** Most targets that are changed by one {@link Mark}. */
    int MARKED_MAX = 10_000;

    /**
     * The record stays where it stands; targets are written down or counted as lost. Each target's change stands for
     * itself, so many of them are as many transactions as the host likes, side by side and in any order; what was not
     * carried out of them the coordinator says again.
     *
     * @param changes at most {@link #MARKED_MAX}
     */
    record Mark(List<InstanceChange> changes) implements Transition {
        public Mark {
            changes = List.copyOf(changes);
            if (changes.isEmpty() || changes.size() > MARKED_MAX)
                throw new IllegalArgumentException("changes: " + changes.size() + " (expected: 1.." + MARKED_MAX + ")");
        }

        /**
         * The transactions, each with at most {@code most} changes; one succeeds only if nothing that it rests on has
         * changed.
         *
         * @param most 1 to {@link #CHANGES_MAX}
         */
        public List<Operation.Txn> txns(View view, int most) {
            if (most < 1 || most > CHANGES_MAX)
                throw new IllegalArgumentException("most: " + most + " (expected: 1.." + CHANGES_MAX + ")");
            List<Operation.Txn> txns = new ArrayList<>();
            for (int from = 0; from < changes.size(); from += most)
                txns.add(txn(view, changes.subList(from, Math.min(changes.size(), from + most))));
            return txns;
        }

        private static Operation.Txn txn(View view, List<InstanceChange> changes) {
            RolloutRecord record = view.record();
            List<Compare> compares = new ArrayList<>();
            List<Operation> writes = new ArrayList<>();
            compares.add(recordUnmoved(view));
            for (InstanceChange each : changes) {
                Bytes key = RolloutKeys.instance(record.environment(), record.number(), each.instance());
                compares.add(Compare.modRevisionIs(key, each.expectedRevision()));
                writes.add(Operation.Put.of(key, RecordCodec.encode(each.next())));
            }
            return new Operation.Txn(compares, writes, List.of());
        }
    }

    /**
     * The record moves one step on.
     *
     * @param pointers what becomes of the files' pointers in the same transaction; empty for nothing
     * @param exact whether no target may have changed since it was looked at
     */
    record Move(RolloutRecord next, List<PointerMove> pointers, boolean exact) implements Transition {
        public Move {
            pointers = List.copyOf(pointers);
        }

        /**
         * The transaction; it succeeds only if nothing that it rests on has changed.
         *
         * @param pointerParts the moves of the pointers, each compared with what it was made from
         */
        public Operation.Txn txn(View view, List<Part> pointerParts) {
            RolloutRecord record = view.record();
            List<Compare> compares = new ArrayList<>();
            List<Operation> writes = new ArrayList<>();
            compares.add(recordUnmoved(view));
            if (exact) compares.add(targetsUnchanged(view));
            writes.add(Operation.Put.of(
                    RolloutKeys.record(record.environment(), record.number()), RecordCodec.encode(next)));
            for (Part each : pointerParts) {
                compares.addAll(each.compares());
                writes.addAll(each.writes());
            }
            return new Operation.Txn(compares, writes, List.of());
        }

        private static Compare targetsUnchanged(View view) {
            long newest = view.instances().values().stream()
                    .mapToLong(Target::revision)
                    .max()
                    .orElse(0);
            return new Compare(
                    RolloutKeys.instances(
                            view.record().environment(), view.record().number()),
                    Compare.Target.MOD_REVISION,
                    Compare.Relation.LESS,
                    newest + 1,
                    Bytes.EMPTY);
        }
    }

    /** A part of a transaction. */
    record Part(List<Compare> compares, List<Operation> writes) {
        public Part {
            compares = List.copyOf(compares);
            writes = List.copyOf(writes);
        }
    }

    private static Compare recordUnmoved(View view) {
        RolloutRecord record = view.record();
        return Compare.modRevisionIs(RolloutKeys.record(record.environment(), record.number()), view.recordRevision());
    }
}
