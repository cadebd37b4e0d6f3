package dev.attune.rollout.coordinate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An atomic rollout happens on everyone or on nobody")
final class AtomicTest {
    private static Scene all(int fleet) {
        return new Scene(Samples.atomic(Quorum.ALL), fleet).run();
    }

    private static Scene percent(int percent, int fleet) {
        return new Scene(Samples.atomic(Quorum.percent(percent)), fleet).run();
    }

    @Test
    void who_is_connected_at_the_start_is_written_down_before_anyone_is_asked() {
        Scene scene = new Scene(Samples.atomic(Quorum.ALL), 250);

        assertThat(Coordinator.step(scene.view())).get().isInstanceOfSatisfying(Transition.Mark.class, mark -> {
            assertThat(mark.changes()).hasSize(250);
            assertThat(mark.txns(scene.view(), Transition.CHANGES_MAX))
                    .extracting(each -> each.then().size())
                    .containsExactly(100, 100, 50);
        });
        scene.run();

        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        assertThat(scene.record().targets()).isEqualTo(250);
        assertThat(scene.states()).isEqualTo(Map.of(InstanceState.OFFERED, 250));
    }

    @Test
    @DisplayName("R2: the pointers move with the decision and not before")
    void all_answer_well_commits_by_three_phases() {
        Scene scene = all(3);
        assertThat(scene.pointers).isEmpty();

        scene.all(InstanceState.ACCEPTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.PRE_COMMIT);
        assertThat(scene.pointers).isEmpty();

        scene.all(InstanceState.PREPARED);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        assertThat(scene.moves()).containsExactly("1@7→2@7", "4@7→6@7");

        scene.all(InstanceState.APPLIED);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
        assertThat(scene.moves()).containsExactly("2@7→2@0", "6@7→6@0");
    }

    @Test
    void deletedFile_goesWithTheSwitchAndComesBackWithTheRest() {
        Scene scene =
                new Scene(Samples.atomic(Quorum.ALL).withFiles(List.of(new FileMove(Samples.FILE, 3, 0))), 2).run();

        scene.all(InstanceState.ACCEPTED);
        scene.all(InstanceState.PREPARED);
        assertThat(scene.moves()).containsExactly("3@7→0@7");
        scene.answer(1, InstanceState.FAILED);
        assertThat(scene.moves()).containsExactly("0@7→3@7");
        scene.all(InstanceState.REVERTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(scene.moves()).containsExactly("3@7→3@0");
    }

    @Test
    void nobody_connected_commits_at_once() {
        Scene scene = all(0);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
    }

    @Test
    @DisplayName("R1: one no before the decision aborts, and nothing was moved")
    void one_rejects_aborts() {
        Scene scene = all(3).answer(0, InstanceState.ACCEPTED).answer(1, InstanceState.REJECTED);

        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
        assertThat(scene.record().reason()).contains("orders/i1 REJECTED: no room");
        assertThat(scene.moves()).isEmpty();

        scene.answer(0, InstanceState.REVERTED).answer(2, InstanceState.REVERTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTED);
        assertThat(scene.moves()).containsExactly("1@7→1@0", "4@7→4@0");
        assertThat(scene.record().reason()).contains("orders/i1 REJECTED: no room");
    }

    @Test
    void one_that_cannot_hold_the_value_aborts() {
        Scene scene = all(3).all(InstanceState.ACCEPTED).answer(2, InstanceState.FAILED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
        assertThat(scene.state(2)).as("terminal").isEqualTo(InstanceState.FAILED);
    }

    @Test
    void one_that_takes_its_vote_back_before_the_decision_aborts() {
        Scene scene = all(3).all(InstanceState.ACCEPTED)
                .answer(0, InstanceState.PREPARED)
                .answer(1, InstanceState.REJECTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
    }

    @Test
    @DisplayName("R4: one that fails after the switch brings everyone back, and keeps its reason")
    void one_that_fails_while_applying_rolls_everyone_back() {
        Scene scene = all(3).all(InstanceState.ACCEPTED).all(InstanceState.PREPARED);
        scene.answer(0, InstanceState.APPLIED).answer(1, InstanceState.FAILED);

        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.moves()).containsExactly("2@7→1@7", "6@7→4@7");

        scene.answer(0, InstanceState.REVERTED).answer(2, InstanceState.REVERTED);
        assertThat(scene.record().phase()).as("the failed one is asked as well").isEqualTo(Phase.ROLLING_BACK);
        scene.answer(1, InstanceState.REVERTED, "no room");
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(scene.moves()).containsExactly("1@7→1@0", "4@7→4@0");
        assertThat(scene.progress(1).reason()).isEqualTo("no room");
    }

    @Test
    void one_that_cannot_go_back_is_failed_at_the_end() {
        Scene scene = all(2).all(InstanceState.ACCEPTED).all(InstanceState.PREPARED);
        scene.answer(0, InstanceState.FAILED).answer(0, InstanceState.FAILED).answer(1, InstanceState.REVERTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(scene.state(0)).isEqualTo(InstanceState.FAILED);
    }

    @Test
    void no_answer_until_the_deadline_aborts_when_all_are_needed() {
        Scene scene = all(2).answer(0, InstanceState.ACCEPTED).elapsed(99);
        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        scene.elapsed(100);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
        assertThat(scene.record().reason()).contains("without answer in time").contains("orders/i1");
    }

    @Test
    void each_phase_has_its_own_deadline() {
        Scene scene = all(2).elapsed(50).all(InstanceState.ACCEPTED).elapsed(199);
        assertThat(scene.record().phase()).isEqualTo(Phase.PRE_COMMIT);
        scene.all(InstanceState.PREPARED).elapsed(299);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        scene.elapsed(300);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        scene.elapsed(399);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        scene.elapsed(400);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(scene.states()).isEqualTo(Map.of(InstanceState.LOST, 2));
    }

    @Test
    @DisplayName("R9: one that does not answer in time counts as lost when enough others go along")
    void no_answer_until_the_deadline_is_lost_when_a_share_is_enough() {
        Scene scene = percent(60, 3).answer(0, InstanceState.ACCEPTED).answer(1, InstanceState.ACCEPTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        scene.elapsed(100);
        assertThat(scene.record().phase()).isEqualTo(Phase.PRE_COMMIT);
        assertThat(scene.state(2)).isEqualTo(InstanceState.LOST);
        assertThat(scene.progress(2).reason()).contains("OFFERED without answer for 100 ms");

        scene.answer(0, InstanceState.PREPARED).answer(1, InstanceState.PREPARED);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        scene.answer(0, InstanceState.APPLIED).answer(1, InstanceState.APPLIED);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void a_share_that_can_no_longer_be_reached_turns_round_at_once() {
        Scene scene = percent(60, 3).answer(0, InstanceState.REJECTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        scene.answer(1, InstanceState.REJECTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
    }

    @Test
    void a_share_counts_who_refused_in_an_earlier_phase() {
        Scene scene = percent(60, 5).answer(0, InstanceState.REJECTED);
        for (int i = 1; i < 5; i++) scene.answer(i, InstanceState.ACCEPTED);
        scene.answer(1, InstanceState.FAILED);
        assertThat(scene.record().phase()).isEqualTo(Phase.PRE_COMMIT);
        scene.answer(2, InstanceState.FAILED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
    }

    @Test
    @DisplayName("R9: an instance without connection for too long is lost, whatever it had said")
    void one_that_voted_and_is_gone_is_lost_and_aborts() {
        Scene scene = all(2).answer(0, InstanceState.ACCEPTED).absent(0, 49);
        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        scene.absent(0, 50);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
        assertThat(scene.progress(0).reason()).contains("ACCEPTED without connection for too long");
    }

    @Test
    void one_that_prepared_and_is_gone_before_the_decision_aborts() {
        Scene scene = all(2).all(InstanceState.ACCEPTED)
                .answer(0, InstanceState.PREPARED)
                .absent(0, 60);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
    }

    @Test
    void one_that_is_gone_after_the_switch_before_it_reported_rolls_back() {
        Scene scene =
                all(2).all(InstanceState.ACCEPTED).all(InstanceState.PREPARED).absent(0, 60);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.state(0)).isEqualTo(InstanceState.LOST);
    }

    @Test
    void one_that_reported_and_went_away_has_done_its_part() {
        Scene scene = all(2).all(InstanceState.ACCEPTED)
                .all(InstanceState.PREPARED)
                .answer(0, InstanceState.APPLIED)
                .absent(0, 60);
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        scene.answer(1, InstanceState.APPLIED);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void the_lost_are_counted_in_parts_when_they_are_many() {
        Scene scene = new Scene(Samples.atomic(Quorum.percent(1)), 350).run();
        scene.answer(0, InstanceState.ACCEPTED)
                .answer(1, InstanceState.ACCEPTED)
                .answer(2, InstanceState.ACCEPTED)
                .answer(3, InstanceState.ACCEPTED)
                .elapsed(100);
        assertThat(scene.record().phase()).isEqualTo(Phase.PRE_COMMIT);
        assertThat(scene.states()).isEqualTo(Map.of(InstanceState.ACCEPTED, 4, InstanceState.LOST, 346));
    }

    @Test
    void a_move_that_rests_on_answers_holds_only_while_they_stand() {
        Scene scene = new Scene(Samples.atomic(Quorum.ALL), 1);
        scene.carryOut(Coordinator.step(scene.view()).orElseThrow());
        scene.carryOut(Coordinator.step(scene.view()).orElseThrow());
        scene.answer(0, InstanceState.OFFERED);
        scene.instances()
                .replaceAll((id, target) -> new Target(
                        new dev.attune.rollout.record.InstanceProgress(InstanceState.ACCEPTED, "", 2, 0), 99));
        assertThat(Coordinator.step(scene.view()))
                .get()
                .isInstanceOfSatisfying(
                        Transition.Move.class, move -> assertThat(move.exact()).isTrue());
    }
}
