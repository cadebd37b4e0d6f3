package dev.attune.rollout.coordinate;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.ArrayList;
import java.util.List;

/** What the coordinator does next: one transaction, which changes nothing when the record was moved meanwhile. */
public sealed interface Transition {
    /** Most targets that are changed in one transaction. */
    int CHANGES_MAX = 100;

    /**
     * The record stays where it stands; targets are written down or counted as lost.
     *
     * @param changes at most {@link #CHANGES_MAX}
     */
    record Mark(List<InstanceChange> changes) implements Transition {
        public Mark {
            changes = List.copyOf(changes);
            if (changes.isEmpty() || changes.size() > CHANGES_MAX)
                throw new IllegalArgumentException(
                        "changes: " + changes.size() + " (expected: 1.." + CHANGES_MAX + ")");
        }

        /** The transaction; it succeeds only if nothing that it rests on has changed. */
        public Operation.Txn txn(View view) {
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
