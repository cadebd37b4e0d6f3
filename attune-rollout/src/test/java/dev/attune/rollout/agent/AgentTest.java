package dev.attune.rollout.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.Samples;
import dev.attune.rollout.plan.Quorum;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.Places;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a node asks its instances, and what it stores of their answers")
final class AgentTest {
    private static final InstanceRef ONE = Samples.instance(1);
    private static final InstanceRef TWO = Samples.instance(2);

    private final Agent agent = new Agent();
    private RolloutRecord record = RolloutRecord.created(7, Samples.atomic(Quorum.ALL), Phase.PENDING, 0);
    private long revision = 20;
    private long recordRevision;

    private void record(RolloutRecord changed) {
        record = changed;
        recordRevision = ++revision;
        agent.changed(new Event(
                new KeyValue(RolloutKeys.record("prod", 7), RecordCodec.encode(record), 1, revision, 1, 0), null));
    }

    private void phase(Phase phase) {
        record(record.movedTo(phase, "", 0));
    }

    private void target(InstanceRef instance, InstanceState state) {
        revision++;
        InstanceProgress progress = new InstanceProgress(state, "", record.step(), 0);
        agent.changed(new Event(
                new KeyValue(
                        RolloutKeys.instance("prod", 7, instance), RecordCodec.encode(progress), 1, revision, 1, 0),
                null));
    }

    private void begin(InstanceState state, Phase phase) {
        record(record);
        target(ONE, InstanceState.OFFERED);
        phase(phase);
        if (state != InstanceState.OFFERED) target(ONE, state);
    }

    private boolean answer(long subscription, Answer.Kind kind) {
        return agent.answered(
                subscription, new Answer(kind, 7, record.step(), kind == Answer.Kind.REJECTED ? "no" : ""));
    }

    private List<String> due() {
        return agent.due().stream()
                .map(each -> each.subscription() + " " + each.directive().kind() + " "
                        + each.directive().step())
                .toList();
    }

    private List<InstanceState> written() {
        return agent.writes(5).stream().map(each -> each.next().state()).toList();
    }

    @Test
    void a_target_is_asked_once_on_each_subscription() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        assertThat(agent.due())
                .containsExactly(new Due(1, new Directive(Directive.Kind.PREPARE, 7, 2, recordRevision)));
        assertThat(agent.due()).isEmpty();

        agent.subscribed(2, "prod", ONE);
        assertThat(due()).containsExactly("2 PREPARE 2");
        agent.unsubscribed(1);
        agent.subscribed(3, "prod", ONE);
        assertThat(due()).as("whoever connects again").containsExactly("3 PREPARE 2");
    }

    @Test
    void others_are_asked_nothing() {
        agent.subscribed(1, "prod", TWO);
        agent.subscribed(2, "staging", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        assertThat(agent.due()).isEmpty();
    }

    @Test
    void every_phase_asks_those_who_have_not_done_what_it_needs() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        assertThat(due()).containsExactly("1 PREPARE 2");
        answer(1, Answer.Kind.ACCEPTED);
        target(ONE, InstanceState.ACCEPTED);
        assertThat(due()).isEmpty();
        phase(Phase.PRE_COMMIT);
        assertThat(due()).containsExactly("1 STAGE 3");
        target(ONE, InstanceState.PREPARED);
        phase(Phase.DO_COMMIT);
        assertThat(due()).containsExactly("1 COMMIT 4");
        target(ONE, InstanceState.APPLIED);
        phase(Phase.ROLLING_BACK);
        assertThat(due()).containsExactly("1 REVERT 5");
        target(ONE, InstanceState.REVERTED);
        phase(Phase.ROLLED_BACK);
        assertThat(due()).isEmpty();
    }

    @Test
    void an_aborted_rollout_asks_to_forget() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.PREPARED, Phase.ABORTING);
        assertThat(due()).containsExactly("1 ABORT 2");
        assertThat(answer(1, Answer.Kind.REVERTED)).isTrue();
        assertThat(written()).containsExactly(InstanceState.REVERTED);
    }

    @Test
    void an_instance_that_connects_during_the_rollout_is_asked_at_once() {
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.subscribed(1, "prod", ONE);
        assertThat(due()).containsExactly("1 PREPARE 2");
    }

    @Test
    @DisplayName("R4: an instance that is lost is asked nothing when it returns")
    void a_lost_instance_is_asked_nothing() {
        begin(InstanceState.LOST, Phase.DO_COMMIT);
        agent.subscribed(1, "prod", ONE);
        assertThat(due()).isEmpty();
    }

    @Test
    @DisplayName("R6: the write holds only while the record stands at the step that was answered")
    void an_answer_becomes_a_write_guarded_by_step_and_state() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.due();
        assertThat(answer(1, Answer.Kind.ACCEPTED)).isTrue();

        List<InstanceWrite> writes = agent.writes(5);
        assertThat(writes).singleElement().satisfies(write -> {
            assertThat(write.next()).isEqualTo(new InstanceProgress(InstanceState.ACCEPTED, "", 2, 5));
            assertThat(write.recordRevision()).isEqualTo(recordRevision);
            assertThat(write.txn().compares()).hasSize(2);
        });
        assertThat(agent.writes(5)).isEmpty();
        agent.retry(writes.get(0));
        assertThat(agent.writes(6)).hasSize(1);
        target(ONE, InstanceState.ACCEPTED);
        agent.retry(writes.get(0));
        assertThat(agent.writes(7)).as("it is stored").isEmpty();
    }

    @Test
    void what_the_host_has_in_hand_is_not_handed_out_again() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.due();
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(agent.writes(5)).hasSize(1);
        answer(1, Answer.Kind.ACCEPTED);
        agent.subscribed(2, "prod", TWO);
        record(record.withTargets(1));
        assertThat(agent.writes(6)).as("other conditions").hasSize(1);
        agent.unsubscribed(2);
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(agent.writes(7)).isEmpty();
    }

    @Test
    @DisplayName("R6: an answer of another step, to nothing, or of another kind is refused")
    void answers_that_do_not_fit_are_refused() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        assertThat(answer(1, Answer.Kind.ACCEPTED)).as("before it was asked").isFalse();
        agent.due();
        assertThat(answer(1, Answer.Kind.PREPARED)).isFalse();
        assertThat(answer(1, Answer.Kind.APPLIED)).isFalse();
        assertThat(answer(9, Answer.Kind.ACCEPTED)).as("unknown subscription").isFalse();
        assertThat(agent.answered(1, new Answer(Answer.Kind.ACCEPTED, 8, 2, "")))
                .as("unknown rollout")
                .isFalse();
        assertThat(agent.answered(1, new Answer(Answer.Kind.ACCEPTED, 7, 1, "")))
                .isFalse();
        assertThat(agent.answered(1, new Answer(Answer.Kind.ACCEPTED, 7, 3, "")))
                .isFalse();
        phase(Phase.PRE_COMMIT);
        assertThat(agent.answered(1, new Answer(Answer.Kind.ACCEPTED, 7, 2, "")))
                .as("late")
                .isFalse();
        assertThat(agent.writes(5)).isEmpty();
    }

    @Test
    void who_refused_once_has_refused() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.due();
        answer(1, Answer.Kind.REJECTED);
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(written()).containsExactly(InstanceState.REJECTED);
        target(ONE, InstanceState.REJECTED);
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(written()).isEmpty();
    }

    @Test
    void who_went_along_may_take_it_back_until_the_step_is_over() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.due();
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(written()).containsExactly(InstanceState.ACCEPTED);
        target(ONE, InstanceState.ACCEPTED);
        answer(1, Answer.Kind.REJECTED);
        assertThat(written()).containsExactly(InstanceState.REJECTED);
    }

    @Test
    void several_subscriptions_of_an_instance_have_the_weakest_of_their_answers() {
        agent.subscribed(1, "prod", ONE);
        agent.subscribed(2, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        assertThat(due()).containsExactly("1 PREPARE 2", "2 PREPARE 2");
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(written()).as("the other has not answered").isEmpty();
        answer(2, Answer.Kind.REJECTED);
        assertThat(written()).containsExactly(InstanceState.REJECTED);
    }

    @Test
    void when_the_silent_one_of_two_subscriptions_ends_the_other_decides() {
        agent.subscribed(1, "prod", ONE);
        agent.subscribed(2, "prod", ONE);
        begin(InstanceState.OFFERED, Phase.CAN_COMMIT);
        agent.due();
        answer(1, Answer.Kind.ACCEPTED);
        agent.unsubscribed(2);
        assertThat(written()).containsExactly(InstanceState.ACCEPTED);
    }

    @Test
    @DisplayName("R3: who has not accepted the value himself is asked for that before he is to hold it")
    void a_new_process_of_the_same_id_votes_before_it_holds_the_value() {
        begin(InstanceState.ACCEPTED, Phase.PRE_COMMIT);
        agent.subscribed(1, "prod", ONE);
        assertThat(due()).containsExactly("1 PREPARE 2");
        assertThat(answer(1, Answer.Kind.PREPARED)).isFalse();
        answer(1, Answer.Kind.ACCEPTED);
        assertThat(written()).as("voted already").isEmpty();
        assertThat(due()).containsExactly("1 STAGE 2");
        answer(1, Answer.Kind.PREPARED);
        assertThat(written()).containsExactly(InstanceState.PREPARED);
    }

    @Test
    void a_new_process_of_the_same_id_may_refuse() {
        begin(InstanceState.ACCEPTED, Phase.PRE_COMMIT);
        agent.subscribed(1, "prod", ONE);
        agent.due();
        answer(1, Answer.Kind.REJECTED);
        assertThat(written()).containsExactly(InstanceState.REJECTED);
    }

    @Test
    @DisplayName("R5: outside of the cohort nobody is asked")
    void a_stage_asks_its_cohort() {
        RolloutPlan plan = Samples.progressive(Strategy.Tolerance.NONE);
        record = RolloutRecord.created(7, plan, Phase.PENDING, 0);
        agent.subscribed(1, "prod", ONE);
        agent.subscribed(2, "prod", TWO);
        record(record);
        target(ONE, InstanceState.OFFERED);
        target(TWO, InstanceState.OFFERED);
        long first = Places.of("prod", 7, ONE);
        long second = Places.of("prod", 7, TWO);
        record(record.movedToStage(0, Math.min(first, second), "", 0));
        assertThat(due()).containsExactly((first < second ? "1" : "2") + " COMMIT 2");
        record(record.withPaused(true, ""));
        assertThat(due()).as("a pause is a step").containsExactly((first < second ? "1" : "2") + " COMMIT 3");
    }

    @Test
    void who_failed_is_asked_to_go_back_once() {
        agent.subscribed(1, "prod", ONE);
        begin(InstanceState.FAILED, Phase.DO_COMMIT);
        assertThat(due()).isEmpty();
        phase(Phase.ROLLING_BACK);
        assertThat(due()).containsExactly("1 REVERT 3");
        answer(1, Answer.Kind.FAILED);
        assertThat(written()).containsExactly(InstanceState.FAILED);
        target(ONE, InstanceState.FAILED);
        agent.unsubscribed(1);
        agent.subscribed(2, "prod", ONE);
        assertThat(due()).isEmpty();
    }

    @Test
    void at_start_targets_may_come_before_their_record_and_ended_rollouts_are_forgotten() {
        agent.subscribed(1, "prod", ONE);
        target(ONE, InstanceState.OFFERED);
        record(record.movedTo(Phase.CAN_COMMIT, "", 0));
        agent.loaded();
        assertThat(due()).containsExactly("1 PREPARE 2");
        record(record.movedTo(Phase.ABORTED, "", 0));
        assertThat(answer(1, Answer.Kind.ACCEPTED)).isFalse();
        assertThat(due()).isEmpty();
    }
}
