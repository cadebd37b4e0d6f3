package dev.attune.server.rollouts;

import dev.attune.model.kv.Operation;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which rollouts are kept: those that ended last with their targets, earlier ones without, and none from long ago. */
final class RolloutRetention {
    /** Of how many ended rollouts of an environment the targets are kept. */
    static final int TARGETS_KEPT = 20;

    /** How many ended rollouts of an environment are kept. */
    static final int RECORDS_KEPT = 500;

    private static final int AT_ONCE = 10;

    private RolloutRetention() {}

    /**
     * What to remove when another rollout has ended: one falls out of each limit with each that ends. By the time of the
     * end and not by number, as a rollout of days runs on while dozens come and go.
     *
     * @param all the rollouts of an environment
     */
    static List<Operation> outdated(List<RolloutRecord> all) {
        List<RolloutRecord> ended = all.stream()
                .filter(each -> each.phase().isEnd())
                .sorted(Comparator.comparingLong(
                                (RolloutRecord each) -> each.times().phaseMillis())
                        .thenComparingLong(RolloutRecord::number)
                        .reversed())
                .toList();
        List<Operation> deletes = new ArrayList<>();
        if (ended.size() > TARGETS_KEPT) deletes.addAll(details(ended.get(TARGETS_KEPT)));
        for (RolloutRecord each :
                ended.stream().skip(RECORDS_KEPT).limit(AT_ONCE).toList()) {
            deletes.addAll(details(each));
            deletes.add(Operation.Delete.of(RolloutKeys.record(each.environment(), each.number())));
            deletes.add(Operation.Delete.of(RolloutKeys.verdict(each.environment(), each.number())));
            deletes.add(Operation.Delete.of(RolloutKeys.guards(each.environment(), each.number())));
        }
        return deletes;
    }

    private static List<Operation> details(RolloutRecord ended) {
        return List.of(
                new Operation.Delete(RolloutKeys.instances(ended.environment(), ended.number()), false),
                new Operation.Delete(RolloutKeys.evidence(ended.environment(), ended.number()), false));
    }
}
