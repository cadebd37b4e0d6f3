package dev.attune.rollout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.attune.model.config.Coordinate;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class PlanTest {
    private static final FileMove FILE =
            new FileMove(new Coordinate("prod", "orders", "default", "application.yaml"), 1, 2);

    @Test
    void a_quorum_of_all_needs_everyone() {
        assertThat(Quorum.ALL.isReached(9, 10)).isFalse();
        assertThat(Quorum.ALL.isReached(10, 10)).isTrue();
        assertThat(Quorum.ALL.isReachable(1, 10)).isFalse();
        assertThat(Quorum.ALL.isReached(0, 0)).isTrue();
    }

    @Test
    void a_share_of_a_quorum_is_rounded_up() {
        assertThat(Quorum.percent(90).needed(11)).isEqualTo(10);
        assertThat(Quorum.percent(1).needed(3)).isEqualTo(1);
        assertThat(Quorum.percent(100)).isEqualTo(Quorum.ALL);
        assertThat(Quorum.percent(50).needed(1_000_000)).isEqualTo(500_000);
    }

    @Property
    @Label("a quorum that was reached can never become unreachable by those who did not go along")
    void reached_and_unreachable_exclude_each_other(
            @ForAll @IntRange(min = 1, max = 10_000) int basisPoints,
            @ForAll @IntRange(min = 0, max = 20_000) int targets,
            @ForAll @IntRange(min = 0, max = 20_000) int drawn) {
        Quorum quorum = new Quorum(basisPoints);
        int no = Math.min(drawn, targets);
        assertThat(quorum.isReachable(no, targets)).isEqualTo(quorum.isReached(targets - no, targets));
    }

    @Test
    @DisplayName("R5: a share of a stage is rounded down, but never to nobody")
    void a_share_of_a_stage_is_rounded_down_to_one_at_least() {
        assertThat(Stage.percent(10, 0, false).limit(19)).isEqualTo(1);
        assertThat(Stage.percent(10, 0, false).limit(3)).isEqualTo(1);
        assertThat(Stage.percent(50, 0, false).limit(7)).isEqualTo(3);
        assertThat(Stage.percent(100, 0, false).limit(7)).isEqualTo(7);
        assertThat(Stage.count(5, 0, false).limit(3)).isEqualTo(3);
        assertThat(Stage.percent(10, 0, false).limit(0)).isZero();
    }

    @Test
    @DisplayName("R5: a later stage that would reach fewer keeps those of the earlier")
    void a_cohort_never_shrinks() {
        Strategy.Progressive plan = new Strategy.Progressive(
                List.of(Stage.percent(50, 0, false), Stage.count(2, 0, false), Stage.percent(60, 0, false)),
                Strategy.Tolerance.NONE,
                1,
                1,
                1);
        assertThat(plan.limit(0, 10)).isEqualTo(5);
        assertThat(plan.limit(1, 10)).isEqualTo(5);
        assertThat(plan.limit(2, 10)).isEqualTo(6);
    }

    @Test
    void limits_are_checked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Quorum(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Quorum(10_001));
        assertThatIllegalArgumentException().isThrownBy(() -> new Deadlines(0, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Deadlines(1, 1, 1, Deadlines.MILLIS_MAX + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Stage(1, 1, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new Stage(0, 0, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new FileMove(FILE.file(), 2, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of(FILE, FILE)));
        FileMove elsewhere = new FileMove(new Coordinate("staging", "orders", "default", "a.yaml"), 1, 2);
        assertThatIllegalArgumentException().isThrownBy(() -> plan(List.of(FILE, elsewhere)));
    }

    private static RolloutPlan plan(List<FileMove> files) {
        return new RolloutPlan(files, new Strategy.Immediate(1, 1), "ann", "", "", 1);
    }
}
