package dev.attune.rollout.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Queues, commands and immediate rollouts")
final class CommandTest {
    private static Scene queued() {
        return new Scene(Samples.atomic(Quorum.ALL), 2, Phase.QUEUED);
    }

    @Test
    @DisplayName("R6: rollouts of one file follow each other, and begin where the former one ended")
    void a_queued_rollout_begins_when_all_its_files_are_free_from_where_they_stand_then() {
        Scene scene = queued().file(0, 1, 6);
        assertThat(scene.record().phase()).isEqualTo(Phase.QUEUED);
        scene.waits(true).file(0, 9, 0);
        assertThat(scene.record().phase()).isEqualTo(Phase.QUEUED);

        scene.waits(false);
        assertThat(scene.record().phase()).isEqualTo(Phase.CAN_COMMIT);
        assertThat(scene.record().plan().files().get(0).before()).isEqualTo(9);
        assertThat(scene.record().plan().files().get(1).before()).isEqualTo(4);
    }

    @Test
    void leaving_the_queue_takes_all_files_in_the_same_transaction() {
        Scene scene = queued();
        scene.carryOut(Coordinator.step(scene.view()).orElseThrow());
        assertThat(scene.record().phase()).isEqualTo(Phase.PENDING);
        assertThat(scene.moves()).containsExactly("1@0→1@7", "4@0→4@7");
    }

    @Test
    void a_queued_rollout_whose_release_came_in_force_otherwise_has_nothing_to_do() {
        Scene scene = queued().file(0, 2, 0);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTED);
        assertThat(scene.record().reason()).contains("has release 2 already");
    }

    @Test
    void a_queued_rollout_may_be_paused_and_aborted() {
        Scene scene = queued();
        scene.carryOut(Coordinator.command(scene.view(), new Command(Command.Kind.PAUSE, "bob", "")));
        assertThat(scene.run().record().phase()).isEqualTo(Phase.QUEUED);
        assertThat(scene.record().reason()).isEqualTo("paused by bob");

        scene.command(Command.Kind.ABORT);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTED);
        assertThat(scene.moves()).as("held no files").isEmpty();
    }

    @Test
    @DisplayName("R1: aborting is one more move of the same record")
    void aborting_goes_back_from_wherever_it_stands() {
        Map<InstanceState, Phase> reached = Map.of(
                InstanceState.OFFERED, Phase.ABORTING,
                InstanceState.ACCEPTED, Phase.ABORTING,
                InstanceState.PREPARED, Phase.ROLLING_BACK);
        reached.forEach((state, expected) -> {
            Scene scene = new Scene(Samples.atomic(Quorum.ALL), 2).run();
            if (state != InstanceState.OFFERED) scene.all(InstanceState.ACCEPTED);
            if (state == InstanceState.PREPARED) scene.all(InstanceState.PREPARED);
            scene.command(Command.Kind.ABORT);
            assertThat(scene.record().phase()).isEqualTo(expected);
            assertThat(scene.record().reason()).isEqualTo("aborted by bob: because");
            scene.all(InstanceState.REVERTED);
            assertThat(scene.record().phase().isEnd()).isTrue();
        });
    }

    @Test
    void aborting_while_the_targets_are_written_down_ends_with_those_that_are() {
        Scene scene = new Scene(Samples.atomic(Quorum.ALL), 150);
        Transition.Mark all = (Transition.Mark) Coordinator.step(scene.view()).orElseThrow();
        scene.carryOut(new Transition.Mark(all.changes().subList(0, 100)));
        scene.command(Command.Kind.ABORT);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTING);
        assertThat(scene.record().targets()).isEqualTo(100);
    }

    @Test
    @DisplayName("R9: targets that whoever aborted did not see are counted at the end")
    void an_abort_from_an_older_view_ends_with_all_targets() {
        Scene scene = new Scene(Samples.atomic(Quorum.ALL), 2);
        Transition abort = Coordinator.command(scene.view(), new Command(Command.Kind.ABORT, "bob", ""));
        scene.carryOut(Coordinator.step(scene.view()).orElseThrow());
        scene.carryOut(abort);
        scene.all(InstanceState.REVERTED);
        assertThat(scene.record().phase()).isEqualTo(Phase.ABORTED);
        assertThat(scene.record().targets()).isEqualTo(2);
    }

    @Test
    void commands_that_do_not_fit_are_refused() {
        Scene scene = new Scene(Samples.atomic(Quorum.ALL), 2).run();
        refused(scene, Command.Kind.PAUSE);
        refused(scene, Command.Kind.RESUME);
        refused(scene, Command.Kind.PROMOTE);
        scene.command(Command.Kind.ABORT);
        refused(scene, Command.Kind.ABORT);
        scene.all(InstanceState.REVERTED);
        for (Command.Kind each : Command.Kind.values()) refused(scene, each);
    }

    private static void refused(Scene scene, Command.Kind kind) {
        assertThatThrownBy(() -> Coordinator.command(scene.view(), new Command(kind, "bob", "")))
                .isInstanceOfSatisfying(AttuneException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.FAILED_PRECONDITION));
    }

    @Test
    void an_immediate_rollout_counts_what_instances_say_and_turns_nothing_round() {
        Scene scene = new Scene(Samples.immediate(), 3).run();
        assertThat(scene.record().phase()).isEqualTo(Phase.DO_COMMIT);
        assertThat(scene.moves()).containsExactly("1@7→2@7", "4@7→6@7");
        scene.answer(0, InstanceState.APPLIED).answer(1, InstanceState.FAILED).elapsed(300);
        assertThat(scene.record().phase()).isEqualTo(Phase.COMMITTED);
        assertThat(scene.states())
                .isEqualTo(Map.of(InstanceState.APPLIED, 1, InstanceState.FAILED, 1, InstanceState.LOST, 1));
    }

    @Test
    void an_immediate_rollout_goes_back_when_someone_aborts_it() {
        Scene scene = new Scene(Samples.immediate(), 1).run().command(Command.Kind.ABORT);
        assertThat(scene.record().phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(scene.moves()).containsExactly("2@7→1@7", "6@7→4@7");
    }

    @Test
    @DisplayName("R7: a new leader counts from when it first saw what it counts")
    void presence_counts_from_the_first_sight() {
        Presence presence = new Presence();
        assertThat(presence.elapsedMillis(5_000, 3)).isZero();
        assertThat(presence.elapsedMillis(5_400, 3)).isEqualTo(400);
        assertThat(presence.elapsedMillis(5_500, 4)).isZero();

        java.util.TreeSet<dev.attune.rollout.record.InstanceRef> here = new java.util.TreeSet<>();
        here.add(Samples.instance(1));
        java.util.List<dev.attune.rollout.record.InstanceRef> targets =
                java.util.List.of(Samples.instance(1), Samples.instance(2));
        presence.observe(1_000, targets, here);
        presence.observe(1_300, targets, here);
        assertThat(presence.absentMillis(1_300)).isEqualTo(Map.of(Samples.instance(2), 300L));
        here.add(Samples.instance(2));
        presence.observe(1_400, targets, here);
        assertThat(presence.absentMillis(1_500)).isEmpty();
    }

    @Test
    @DisplayName("an instance that comes and goes within a step does not stay; in the next step it counts anew")
    void presence_tells_who_comes_and_goes() {
        Presence presence = new Presence();
        java.util.TreeSet<dev.attune.rollout.record.InstanceRef> here = new java.util.TreeSet<>();
        java.util.List<dev.attune.rollout.record.InstanceRef> targets = java.util.List.of(Samples.instance(1));
        assertThat(presence.elapsedMillis(0, 3)).isZero();
        for (int i = 1; i <= Presence.RETURNS_MAX; i++) {
            assertThat(presence.absentMillis(i)).isEmpty();
            here.clear();
            presence.observe(i, targets, here);
            here.add(Samples.instance(1));
            presence.observe(i, targets, here);
        }
        assertThat(presence.absentMillis(10)).isEqualTo(Map.of(Samples.instance(1), Presence.RESTLESS));
        assertThat(presence.elapsedMillis(11, 4)).isZero();
        assertThat(presence.absentMillis(11)).isEmpty();
    }
}
