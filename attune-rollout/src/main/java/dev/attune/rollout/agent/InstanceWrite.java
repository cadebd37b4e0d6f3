package dev.attune.rollout.agent;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import java.util.List;

/**
 * What an instance's answers make of its stored state. It is written only while the record stands at the step that was
 * answered (R6) and nobody else changed the state.
 *
 * @param recordRevision of the record's key at that step
 * @param instanceRevision of the instance's key before
 */
public record InstanceWrite(
        String environment,
        long rollout,
        InstanceRef instance,
        InstanceProgress next,
        long recordRevision,
        long instanceRevision) {
    /** The transaction. */
    public Operation.Txn txn() {
        Bytes key = RolloutKeys.instance(environment, rollout, instance);
        return new Operation.Txn(
                List.of(
                        Compare.modRevisionIs(RolloutKeys.record(environment, rollout), recordRevision),
                        Compare.modRevisionIs(key, instanceRevision)),
                List.of(Operation.Put.of(key, RecordCodec.encode(next))),
                List.of());
    }

    /** Whether it would store the same under the same conditions; when is not looked at. */
    boolean saysSameAs(InstanceWrite other) {
        return next.state() == other.next.state()
                && next.reason().equals(other.next.reason())
                && recordRevision == other.recordRevision
                && instanceRevision == other.instanceRevision;
    }
}
