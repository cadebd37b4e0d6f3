package dev.attune.server.rollouts;

import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.List;

/** Which rollouts are kept: the newest with their targets, older ones without, and none from long ago. */
final class RolloutRetention {
    /** Of how many rollouts of an environment the targets are kept. */
    static final int TARGETS_KEPT = 20;

    /** How many rollouts of an environment are kept. */
    static final int RECORDS_KEPT = 500;

    private RolloutRetention() {}

    /** What to remove when this rollout has ended: one rollout falls out of each limit with each that ends. */
    static List<Operation> after(RolloutRecord ended) {
        String environment = ended.environment();
        List<Operation> deletes = new java.util.ArrayList<>();
        long targets = ended.number() - TARGETS_KEPT;
        if (targets > 0) {
            deletes.add(new Operation.Delete(RolloutKeys.instances(environment, targets), false));
            deletes.add(new Operation.Delete(RolloutKeys.evidence(environment, targets), false));
        }
        long record = ended.number() - RECORDS_KEPT;
        if (record > 0) {
            deletes.add(Operation.Delete.of(RolloutKeys.record(environment, record)));
            deletes.add(Operation.Delete.of(RolloutKeys.verdict(environment, record)));
            deletes.add(Operation.Delete.of(RolloutKeys.guards(environment, record)));
        }
        return deletes;
    }
}
