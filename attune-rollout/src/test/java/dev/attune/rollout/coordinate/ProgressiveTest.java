package dev.attune.rollout.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.Verdict;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A progressive rollout goes on stage by stage, and back by itself")
final class ProgressiveTest {
    private static final Strategy.Tolerance NONE = Strategy.Tolerance.NONE;

    private static Scene scene(Strategy.Tolerance tolerance, int fleet) {
        return new Scene(Samples.progressive(tolerance), fleet).run();
    }

    private static List<InstanceRef> cohort(Scene scene) {
        return scene.instances().keySet().stream()
                .filter(each -> Asks.inCohort(scene.record(), each))
                .toList();
    }

    private static Scene cohortSays(Scene scene, InstanceState state) {
        for (InstanceRef each : cohort(scene))
            scene.answer(Integer.parseInt(each.id().substring(1)), state);
        return scene;
    }

    private static Scene inSecondStage(Strategy.Tolerance tolerance) {
        return cohortSays(scene(tolerance, 10), InstanceState.APPLIED).elapsed(50);
    }

    @Test
    @DisplayName("R5: a stage reaches as many instances as it may, and a later one keeps them")
    void cohorts_grow_to_their_limits_and_keep_whom_they_had() {
        Scene scene = scene(NONE, 10);
        List<InstanceRef> first = cohort(scene);
        assertThat(first).hasSize(1);
        assertThat(scene.pointers).hasSize(2).allSatisfy(each -> {
            assertThat(each.cohort()).isEqualTo(first);
            assertThat(each.stable()).isEqualTo(each.from().stable());
        });
        assertThat(scene.pointers.get(0).cohortRelease()).isEqualTo(2);

        cohortSays(scene, InstanceState.APPLIED).elapsed(50);
        assertThat(scene.record().at().stage()).isEqualTo(1);
        assertThat(cohort(scene)).hasSize(5).containsAll(first);
        assertThat(scene.pointers.get(1).cohort()).isEqualTo(cohort(scene));

        cohortSays(scene, InstanceState.APPLIED).elapsed(70).judged(Verdict.Judgement.PASSED);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        assertThat(scene.moves()).containsExactly("1@7→2@7", "4@7→6@7");
        assertThat(scene.pointers).allMatch(each -> each.cohortRelease() == PointerMove.NO_COHORT);

        scene.all(InstanceState.APPLIED);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
        assertThat(scene.moves()).containsExactly("2@7→2@0", "6@7→6@0");
    }

    @Test
    void a_stage_lasts_its_minimum_time_though_everyone_has_answered() {
        Scene scene = cohortSays(scene(NONE, 10), InstanceState.APPLIED).elapsed(49);
        assertThat(scene.record().at().stage()).isZero();
        scene.elapsed(50);
        assertThat(scene.record().at().stage()).isEqualTo(1);
    }

    @Test
    void one_that_rejects_brings_the_cohort_back() {
        Scene scene = cohortSays(scene(NONE, 10), InstanceState.REJECTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.moves()).containsExactly("1@7→1@7", "4@7→4@7");
        assertThat(scene.pointers).allMatch(each -> each.cohortRelease() == PointerMove.NO_COHORT);
    }

    @Test
    void as_many_as_are_tolerated_may_go_wrong() {
        Scene scene = cohortSays(scene(new Strategy.Tolerance(0, 1), 10), InstanceState.FAILED)
                .elapsed(50);
        assertThat(scene.record().at().stage()).isEqualTo(1);
        cohortSays(scene, InstanceState.FAILED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    void one_of_the_cohort_that_disappears_after_it_applied_is_lost() {
        Scene scene = cohortSays(scene(NONE, 10), InstanceState.APPLIED);
        int member = Integer.parseInt(cohort(scene).get(0).id().substring(1));
        scene.absent(member, 60);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.state(member)).isEqualTo(InstanceState.LOST);
    }

    @Test
    void one_of_the_cohort_that_keeps_coming_back_is_lost() {
        Scene scene = cohortSays(scene(NONE, 10), InstanceState.APPLIED);
        int member = Integer.parseInt(cohort(scene).get(0).id().substring(1));
        scene.absent(member, Presence.RESTLESS);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.state(member)).isEqualTo(InstanceState.LOST);
        assertThat(scene.record().reason()).contains("came back " + Presence.RETURNS_MAX + " times");
    }

    @Test
    void one_outside_of_the_cohort_may_come_and_go() {
        Scene scene = scene(NONE, 10);
        List<InstanceRef> cohort = cohort(scene);
        for (int i = 0; i < 10; i++) if (!cohort.contains(Samples.instance(i))) scene.absent(i, 60);
        assertThat(scene.record().phase()).isEqualTo(Phase.STAGE);
        assertThat(scene.states()).isEqualTo(java.util.Map.of(InstanceState.OFFERED, 10));
    }

    @Test
    void one_of_the_cohort_that_does_not_answer_is_lost_at_the_deadline() {
        Scene scene = scene(new Strategy.Tolerance(1, 0), 10).elapsed(299);
        assertThat(scene.record().at().stage()).isZero();
        scene.elapsed(300);
        assertThat(scene.record().at().stage()).isEqualTo(1);
        scene.elapsed(300);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    @DisplayName("R8: a bad verdict rolls back with its evidence, whatever the stage waits for")
    void a_bad_verdict_rolls_back() {
        Scene scene = inSecondStage(NONE).judged(Verdict.Judgement.FAILED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.record().reason()).isEqualTo("judged: p99 3 times the baseline's");
    }

    @Test
    @DisplayName("R10: a plan that says so goes back when nobody could tell in time")
    void without_a_verdict_a_cautious_plan_goes_back() {
        Scene scene = cohortSays(new Scene(Samples.progressiveOrBack(), 10).run(), InstanceState.APPLIED)
                .elapsed(50);
        assertThat(scene.record().at().stage()).isEqualTo(1);
        cohortSays(scene, InstanceState.APPLIED).elapsed(1_069);
        assertThat(scene.record().phase()).isEqualTo(Phase.STAGE);

        scene.elapsed(1_070);

        assertThat(scene.record().paused()).isFalse();
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.record().reason()).isEqualTo("no verdict on stage 2 in time");
    }

    @Test
    @DisplayName("R10: no verdict, one of another step or one without a number moves nothing, and then pauses")
    void without_a_sound_verdict_a_judged_stage_waits_and_is_paused() {
        Scene scene = cohortSays(inSecondStage(NONE), InstanceState.APPLIED).elapsed(70);
        scene.verdict(new Verdict(scene.record().step(), Verdict.Judgement.PASSED, Double.NaN, ""));
        scene.verdict(new Verdict(scene.record().step(), Verdict.Judgement.FAILED, Double.NaN, ""));
        scene.verdict(new Verdict(scene.record().step() - 1, Verdict.Judgement.PASSED, 1, ""));
        scene.verdict(new Verdict(scene.record().step() - 1, Verdict.Judgement.FAILED, 1, ""));
        scene.judged(Verdict.Judgement.UNDECIDED).elapsed(1_069);
        assertThat(scene.record().phase()).isEqualTo(Phase.STAGE);
        assertThat(scene.record().paused()).isFalse();

        scene.elapsed(1_070);
        assertThat(scene.record().paused()).isTrue();
        assertThat(scene.record().reason()).isEqualTo("no verdict on stage 2 in time");

        scene.elapsed(0).command(Command.Kind.PROMOTE);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
    }

    @Test
    void paused_it_goes_no_further_but_back() {
        Scene scene = scene(NONE, 10).command(Command.Kind.PAUSE);
        cohortSays(scene, InstanceState.APPLIED).elapsed(10_000);
        assertThat(scene.record().at().stage()).isZero();
        assertThat(scene.record().paused()).isTrue();
        assertThat(scene.record().reason()).isEqualTo("paused by bob: because");

        scene.command(Command.Kind.RESUME).elapsed(50);
        assertThat(scene.record().at().stage()).isEqualTo(1);

        Scene failing = scene(NONE, 10).command(Command.Kind.PAUSE);
        cohortSays(failing, InstanceState.FAILED);
        assertThat(failing.record().phase()).isEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    void promoted_it_waits_for_nothing() {
        Scene scene = scene(NONE, 10).command(Command.Kind.PROMOTE);
        assertThat(scene.record().at().stage()).isEqualTo(1);
        assertThat(cohort(scene)).hasSize(5);
        scene.command(Command.Kind.PROMOTE);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
    }

    @Test
    void failing_after_the_last_stage_moves_the_pointers_back() {
        Scene scene = scene(NONE, 10).command(Command.Kind.PROMOTE).command(Command.Kind.PROMOTE);
        scene.answer(3, InstanceState.REJECTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.moves()).containsExactly("2@7→1@7", "6@7→4@7");
    }
}
