package dev.attune.server.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.Position;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Times;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RolloutRetentionTest {
    private static final RolloutPlan PLAN = new RolloutPlan(
            List.of(new FileMove(new Coordinate("prod", "orders", "default", "a.yaml"), 1, 2)),
            new Strategy.Immediate(300, 400),
            "ann",
            "",
            "",
            50);

    private static RolloutRecord at(long number, Phase phase, long moved) {
        return new RolloutRecord(number, PLAN, new Position(phase, 5, -1, -1), false, "", 1, new Times(1, moved));
    }

    private static Set<KeyRange> removed(List<RolloutRecord> all) {
        Set<KeyRange> ranges = new HashSet<>();
        for (Operation each : RolloutRetention.outdated(all)) ranges.add(((Operation.Delete) each).range());
        return ranges;
    }

    @Test
    @DisplayName("a rollout that runs while dozens end keeps its targets, and for a while when it has ended at last")
    void longRollout_keepsItsTargets() {
        List<RolloutRecord> all = new ArrayList<>();
        all.add(at(1, Phase.DO_COMMIT, 1));
        Set<KeyRange> removed = new HashSet<>();
        for (int number = 2; number <= 60; number++) {
            all.add(at(number, Phase.COMMITTED, number));
            removed.addAll(removed(all));
        }
        assertThat(removed).doesNotContain(RolloutKeys.instances("prod", 1), RolloutKeys.evidence("prod", 1));
        for (int number = 2; number <= 40; number++)
            assertThat(removed).contains(RolloutKeys.instances("prod", number), RolloutKeys.evidence("prod", number));
        for (int number = 41; number <= 60; number++)
            assertThat(removed).doesNotContain(RolloutKeys.instances("prod", number));

        all.set(0, at(1, Phase.COMMITTED, 61));
        assertThat(removed(all))
                .containsExactlyInAnyOrder(RolloutKeys.instances("prod", 41), RolloutKeys.evidence("prod", 41));
    }

    @Test
    void fiveHundredAndFirstEnded_isForgottenAltogether() {
        List<RolloutRecord> all = new ArrayList<>();
        for (int number = 1; number <= 501; number++) all.add(at(number, Phase.ROLLED_BACK, number));

        assertThat(removed(all))
                .contains(
                        KeyRange.key(RolloutKeys.record("prod", 1)),
                        KeyRange.key(RolloutKeys.verdict("prod", 1)),
                        KeyRange.key(RolloutKeys.guards("prod", 1)),
                        RolloutKeys.instances("prod", 1))
                .doesNotContain(KeyRange.key(RolloutKeys.record("prod", 2)));
    }
}
