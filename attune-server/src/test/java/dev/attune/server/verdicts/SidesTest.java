package dev.attune.server.verdicts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.config.Coordinate;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Stage;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.Places;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.signals.SignalScope;
import dev.attune.tuning.signal.Cohort;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SidesTest {
    private static final SignalScope SCOPE = new SignalScope("prod", "orders");
    private static final Strategy.Progressive STAGES = new Strategy.Progressive(
            List.of(Stage.count(1, 0, true), Stage.percent(10, 0, true)), Strategy.Tolerance.NONE, 1, 1, 1);

    private final Map<InstanceRef, Target> targets = new TreeMap<>();
    private long first = Long.MAX_VALUE;

    private RolloutRecord inStage(int index) {
        RolloutPlan plan = new RolloutPlan(
                List.of(new FileMove(new Coordinate("prod", "orders", "default", "a.yaml"), 1, 2)),
                STAGES,
                "ana",
                "",
                "",
                20_000);
        for (int i = 0; i < 5; i++) first = Math.min(first, Places.of("prod", 1, new InstanceRef("orders", "i" + i)));
        for (int i = 0; i < 5; i++) {
            InstanceRef each = new InstanceRef("orders", "i" + i);
            boolean has = Places.of("prod", 1, each) == first && index > 0;
            InstanceState state = has ? InstanceState.APPLIED : InstanceState.OFFERED;
            targets.put(each, new Target(new InstanceProgress(state, "", 2, 0), 1));
        }
        return RolloutRecord.created(1, plan, Phase.PENDING, 0).movedToStage(index, first, "", 0);
    }

    @Test
    void aStageWhoseInstanceHasNotAnswered_hasNotSettled() {
        Sides sides = Sides.of(inStage(0), targets);

        assertThat(sides.count(SCOPE, Cohort.CANARY)).isEqualTo(1);
        assertThat(sides.settled()).isFalse();
    }

    @Test
    void aStageThatAddsNobody_hasSettled() {
        Sides sides = Sides.of(inStage(1), targets);

        assertThat(sides.count(SCOPE, Cohort.CANARY)).isZero();
        assertThat(sides.settled())
                .as("a tenth of five is the one that was there")
                .isTrue();
    }
}
