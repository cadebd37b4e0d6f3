package dev.attune.client.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.rollout.Participation.Act;
import dev.attune.model.rollout.Answer;
import dev.attune.model.rollout.Directive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ParticipationTest {
    private static final State OLD = state(10, 1, "a=1");
    private static final State NEW = state(11, 2, "a=2");
    private static final State OTHER = state(12, 3, "a=3");

    private final Participation<State> one = new Participation<>(State::showsSameAs);

    private record State(long revision, long release, String text) {
        boolean showsSameAs(State other) {
            return release == other.release && text.equals(other.text);
        }
    }

    private static State state(long revision, long release, String text) {
        return new State(revision, release, text);
    }

    private static Directive directive(Directive.Kind kind, long step) {
        return new Directive(kind, 7, step, 20 + step);
    }

    private static Act<State> say(Answer.Kind kind, long step, String reason) {
        return new Act.Say<>(new Answer(kind, 7, step, reason));
    }

    private void accepted() {
        Directive prepare = directive(Directive.Kind.PREPARE, 2);
        assertThat(one.directed(prepare, NEW)).containsExactly(new Act.Ask<>(prepare, NEW));
        assertThat(one.voted(prepare, NEW, "")).containsExactly(say(Answer.Kind.ACCEPTED, 2, ""));
    }

    private void prepared() {
        accepted();
        Directive stage = directive(Directive.Kind.STAGE, 3);
        assertThat(one.directed(stage, null)).containsExactly(new Act.Stage<>(stage, NEW));
        assertThat(one.staged(stage, "")).containsExactly(say(Answer.Kind.PREPARED, 3, ""));
    }

    private void switched() {
        prepared();
        assertThat(one.isDecided(OLD, NEW)).isTrue();
        one.inForce(OLD, NEW);
    }

    @Test
    @DisplayName("R2: what was accepted is put in force without asking when an update brings exactly that")
    void acceptedState_isDecidedOnlyWhenItComesExactlySo() {
        prepared();
        assertThat(one.isDecided(OLD, state(99, 2, "a=2"))).isTrue();
        assertThat(one.isDecided(OLD, OTHER)).isFalse();
        assertThat(one.isDecided(OLD, state(99, 2, "a=2 "))).isFalse();
        one.inForce(OLD, NEW);
        one.applied("");

        assertThat(one.directed(directive(Directive.Kind.COMMIT, 4), null))
                .containsExactly(new Act.Unstage<>(7), say(Answer.Kind.APPLIED, 4, ""));
        assertThat(one.directed(directive(Directive.Kind.COMMIT, 4), null))
                .containsExactly(say(Answer.Kind.APPLIED, 4, ""));
    }

    @Test
    void rejectedState_isNotRemembered() {
        Directive prepare = directive(Directive.Kind.PREPARE, 2);
        one.directed(prepare, NEW);

        assertThat(one.voted(prepare, NEW, "too small")).containsExactly(say(Answer.Kind.REJECTED, 2, "too small"));
        assertThat(one.isDecided(OLD, NEW)).isFalse();
        assertThat(one.directed(directive(Directive.Kind.STAGE, 3), null))
                .containsExactly(say(Answer.Kind.FAILED, 3, "nothing was accepted"));
    }

    @Test
    @DisplayName("R6: a directive, a vote and a write of an earlier step have no effect")
    void overtakenSteps_areDropped() {
        accepted();
        assertThat(one.directed(directive(Directive.Kind.ABORT, 5), null))
                .containsExactly(new Act.Abandon<>(NEW), say(Answer.Kind.REVERTED, 5, ""));

        assertThat(one.directed(directive(Directive.Kind.PREPARE, 2), NEW)).isEmpty();
        assertThat(one.directed(directive(Directive.Kind.STAGE, 3), null)).isEmpty();
        assertThat(one.voted(directive(Directive.Kind.PREPARE, 2), NEW, "")).isEmpty();
        assertThat(one.isDecided(OLD, NEW)).isFalse();
        assertThat(one.staged(directive(Directive.Kind.STAGE, 3), "")).containsExactly(new Act.Unstage<>(7));
    }

    @Test
    @DisplayName("R3: prepared is said only after the write, and again without another one")
    void failedWrite_isAFailure() {
        accepted();
        Directive stage = directive(Directive.Kind.STAGE, 3);
        one.directed(stage, null);
        assertThat(one.staged(stage, "disk full")).containsExactly(say(Answer.Kind.FAILED, 3, "disk full"));

        assertThat(one.directed(stage, null)).containsExactly(new Act.Stage<>(stage, NEW));
        one.staged(stage, "");
        assertThat(one.directed(stage, null)).containsExactly(say(Answer.Kind.PREPARED, 3, ""));
        assertThat(one.directed(directive(Directive.Kind.PREPARE, 3), state(50, 2, "a=2")))
                .containsExactly(say(Answer.Kind.ACCEPTED, 3, ""));
    }

    @Test
    void stateFoundOnDisk_isPreparedWithoutAsking() {
        one.restored(7, 3, NEW);

        assertThat(one.directed(directive(Directive.Kind.PREPARE, 3), NEW))
                .containsExactly(say(Answer.Kind.ACCEPTED, 3, ""));
        assertThat(one.directed(directive(Directive.Kind.STAGE, 3), null))
                .containsExactly(say(Answer.Kind.PREPARED, 3, ""));
    }

    @Test
    void failureWhileApplying_isToldAndTheWayBackIsDecided() {
        switched();
        one.applied("pool would not resize");
        assertThat(one.directed(directive(Directive.Kind.COMMIT, 4), null))
                .containsExactly(new Act.Unstage<>(7), say(Answer.Kind.FAILED, 4, "pool would not resize"));

        State back = state(30, 1, "a=1");
        assertThat(one.isWayBack(back)).isTrue();
        assertThat(one.isDecided(NEW, back)).isTrue();
        one.inForce(NEW, back);
        one.applied("");
        assertThat(one.directed(directive(Directive.Kind.REVERT, 5), null))
                .containsExactly(say(Answer.Kind.REVERTED, 5, ""));
        assertThat(one.isWayBack(back)).isFalse();
    }

    @Test
    void wayBackThatFails_isTold() {
        switched();
        one.applied("");
        one.inForce(NEW, OLD);
        one.applied("stuck");

        assertThat(one.directed(directive(Directive.Kind.REVERT, 5), null))
                .contains(say(Answer.Kind.FAILED, 5, "stuck"));
    }

    @Test
    void commitOfAStateThatWasVetoed_isARejection() {
        one.vetoed("no");
        assertThat(one.directed(directive(Directive.Kind.COMMIT, 4), null))
                .containsExactly(say(Answer.Kind.REJECTED, 4, "no"));
        one.inForce(OLD, OTHER);
        one.applied("");
        assertThat(one.directed(directive(Directive.Kind.COMMIT, 4), null))
                .containsExactly(say(Answer.Kind.APPLIED, 4, ""));
    }

    @Test
    void manyRollouts_areForgottenOldestFirst() {
        accepted();
        for (long rollout = 8; rollout < 8 + Participation.TALKS_MAX; rollout++)
            one.directed(new Directive(Directive.Kind.COMMIT, rollout, 1, 5), null);

        assertThat(one.isDecided(OLD, NEW)).isFalse();
    }
}
