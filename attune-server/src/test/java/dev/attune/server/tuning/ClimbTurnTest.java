package dev.attune.server.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.config.ReleaseKind;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.Verdict.Judgement;
import dev.attune.server.files.Edit;
import dev.attune.tuning.decision.ClimbMemory;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ClimbTurnTest {
    private final ClimbBed bed = new ClimbBed(5);
    private final TuningHost host = bed.bed.host(1);

    @AfterEach
    void close() {
        bed.close();
    }

    private void noneIsLeft(String value) {
        assertThat(bed.fleet().values()).containsOnly(Integer.valueOf(value));
        assertThat(bed.bed.value()).isEqualTo(value);
        assertThat(bed.bed.pointer().hold()).isNull();
    }

    @Test
    @DisplayName("R10: a climb tries on one of five, takes what is better for all, and every decision replays")
    void aClimb_goesUpByTrialsOnSomeInstances() {
        bed.policy(ClimbBed.POLICY);
        PolicyState.Moving trial = bed.untilTrial(host);
        assertThat(bed.deviating()).as("one of five at the most").isEqualTo(1);
        assertThat(trial.to()).isEqualTo("39");
        assertThat(bed.bed.value()).as("not everybody's").isEqualTo("24");

        bed.untilDecided(host, "WON");

        assertThat(bed.steps()).contains("TRY", "WATCH");
        noneIsLeft("39");
        DecisionEntry won = bed.bed.decisions(ClimbBed.POOL).stream()
                .filter(each -> each.said().outcome().equals("WON"))
                .findFirst()
                .orElseThrow();
        assertThat(won.said().sentence())
                .containsPattern("tried queue.size = 39 instead of 24 on 1 of 5 instances for \\d\\d s and takes it for"
                        + " all, as it plainly measured \\+1[0-9.]* % \\(± [0-9.]+\\)");
        assertThat(bed.bed.read().release().kind()).isEqualTo(ReleaseKind.TUNING);
        assertThat(bed.bed.read().release().author()).isEqualTo("policy pool");
        assertThat(bed.bed.audited("policy pool")).contains("tune.try", "tune.apply");
        for (DecisionEntry each : bed.bed.decisions(ClimbBed.POOL))
            assertThat(bed.bed.views.replays(ClimbBed.POOL, each).join())
                    .as("decision %d: %s", each.number(), each.said().sentence())
                    .contains(true);
    }

    @Test
    void aClimb_arrivesNearTheOptimumAndRests() {
        bed.policy(ClimbBed.POLICY);

        bed.steps(host, 300);

        double reached = bed.goodput.applyAsDouble(Double.parseDouble(Objects.requireNonNull(bed.bed.value())));
        assertThat(reached).as("%s", bed.sentences()).isGreaterThan(95);
        assertThat(bed.steps()).contains("REST");
        assertThat(bed.deviating()).isZero();
        // The load changes, so that less is best.
        bed.goodput = size -> 60 - (size - 24) * (size - 24) / 50;
        bed.steps(host, 300);
        double again = bed.goodput.applyAsDouble(Double.parseDouble(Objects.requireNonNull(bed.bed.value())));
        assertThat(again).as("it woke up").isGreaterThan(55);
    }

    @Test
    void whatIsWorse_isTakenBackAndTheOtherWayIsTried() {
        bed.goodput = size -> 200 - size;
        bed.policy(ClimbBed.POLICY);
        bed.untilTrial(host);

        bed.untilDecided(host, "LOST");
        noneIsLeft("24");
        PolicyState.Moving second = bed.untilTrial(host);
        assertThat(Integer.parseInt(second.to())).isLessThan(24);
        assertThat(bed.bed.decisions(ClimbBed.POOL))
                .allMatch(each -> each.made().release() == 0);
        bed.untilDecided(host, "WON");
        noneIsLeft(second.to());
    }

    @Test
    void aKillSwitchAPinOrAPause_endATrialAtOnce() {
        bed.policy(ClimbBed.POLICY);
        bed.untilTrial(host);
        bed.bed
                .acts
                .killSwitch("prod", "", "ben", bed.bed.acts.hold("ben", 0, "incident"))
                .join();
        bed.steps(host, 1);
        noneIsLeft("24");
        assertThat(bed.bed.newest(ClimbBed.POOL).said().sentence())
                .contains("ends that unjudged, as automation is switched off (prod, by ben: incident)");
        bed.steps(host, 6);
        assertThat(bed.bed.newest(ClimbBed.POOL).said().code()).isEqualTo("KILLED");
        bed.bed.acts.killSwitch("prod", "", "ben", null).join();

        bed.untilTrial(host);
        bed.bed.acts.pin("prod", "orders", "queue.size", "ana", 60_000, "").join();
        bed.steps(host, 1);
        noneIsLeft("24");

        bed.untilTrial(host);
        bed.bed.acts.pause(ClimbBed.POOL, "ana", 60_000, "").join();
        bed.steps(host, 1);
        noneIsLeft("24");
    }

    @Test
    @DisplayName("R10: a trial does not outlive its policy")
    void aPolicyThatIsGoneOrChanged_leavesNoTrialBehind() {
        bed.policy(ClimbBed.POLICY);
        bed.untilTrial(host);
        bed.policy(ClimbBed.POLICY.replace("windows: 2", "windows: 3"));
        bed.steps(host, 1);
        noneIsLeft("24");
        assertThat(bed.bed.newest(ClimbBed.POOL).said().sentence()).contains("the policy was changed");

        bed.untilTrial(host);
        bed.bed.files.delete(TuningBed.POLICIES, Edit.by("ana", "")).join();
        bed.steps(host, 2);
        noneIsLeft("24");
        assertThat(bed.state().moving()).isNull();

        bed.policy(ClimbBed.POLICY);
        bed.untilTrial(host);
        bed.policy(ClimbBed.POLICY.replace("mode: auto", "mode: off"));
        bed.steps(host, 2);
        noneIsLeft("24");
    }

    @Test
    @DisplayName("R10: a new leader ends a trial whose beginning it has not seen")
    void aNewLeader_takesATrialBack() {
        bed.policy(ClimbBed.POLICY);
        bed.untilTrial(host);
        TuningHost next = bed.bed.host(2);
        bed.bed.signals.since(bed.bed.millis.get());

        bed.steps(next, 3);

        noneIsLeft("24");
        assertThat(bed.sentences()).anyMatch(each -> each.contains("another node leads"));
        bed.untilTrial(next);
    }

    @Test
    void aTrialWhoseEndWasDecided_isEndedByWhoeverLeadsNext() {
        bed.goodput = size -> 200 - size;
        bed.policy(ClimbBed.POLICY);
        PolicyState.Moving trial = bed.untilTrial(host);
        // As if the leader had died between its decision and the command.
        PolicyState state = bed.state();
        ClimbMemory was = state.climb();
        ClimbMemory ended =
                new ClimbMemory(was.search(), was.caution(), was.guards(), Long.MAX_VALUE, was.trials(), was.tripped());
        Operation put = Operation.Put.of(
                TuneKeys.state(ClimbBed.POOL), state.remembering(ended).encode());
        bed.bed.reads.run(new Operation.Txn(List.of(), List.of(put), List.of())).join();

        TuningHost next = bed.bed.host(2);
        bed.steps(next, 3);

        noneIsLeft("24");
        assertThat(bed.rollout(trial.rollout()).phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(bed.state().moving()).isNull();
    }

    @Test
    void aGuardThatBreaks_endsTheTrialAndBarsTheValue() {
        bed.policy(ClimbBed.POLICY);
        PolicyState.Moving trial = bed.untilTrial(host);
        bed.bed.rollouts.judge("prod", trial.rollout(), Judgement.FAILED, "p95: worse by more than the margin");

        bed.steps(host, 1);

        noneIsLeft("24");
        assertThat(bed.steps()).contains("HURT");
        assertThat(bed.sentences())
                .anyMatch(
                        each -> each.contains("takes it back at once, as judged: p95: worse by more than the margin"));
        PolicyState.Moving next = bed.untilTrial(host);
        assertThat(Integer.parseInt(next.to())).as("what hurt is barred").isLessThan(39);
    }

    @Test
    void anInstanceThatDoesNotAnswer_endsTheTrial() {
        bed.policy(ClimbBed.POLICY);
        bed.silent.addAll(Set.of("i0", "i1", "i2", "i3", "i4"));
        bed.steps(host, 14);

        assertThat(bed.steps()).contains("TRY", "HURT");
        assertThat(bed.fleet().values()).containsOnly(24);
    }

    @Test
    void anAbortedTrial_isOneThatAPersonDeclines() {
        bed.policy(ClimbBed.POLICY);
        PolicyState.Moving trial = bed.untilTrial(host);
        bed.bed
                .ground
                .rollouts()
                .command("prod", trial.rollout(), new Command(Command.Kind.ABORT, "ana", "not now"))
                .join();

        bed.steps(host, 1);

        noneIsLeft("24");
        assertThat(bed.sentences()).anyMatch(each -> each.contains("aborted by ana: not now"));
    }

    @Test
    void aPromotedTrial_isClimbedOnFrom() {
        bed.policy(ClimbBed.POLICY);
        PolicyState.Moving trial = bed.untilTrial(host);
        bed.bed
                .ground
                .rollouts()
                .command("prod", trial.rollout(), new Command(Command.Kind.PROMOTE, "ana", "good"))
                .join();

        bed.steps(host, 2);

        noneIsLeft("39");
        PolicyState.Moving next = bed.untilTrial(host);
        assertThat(next.from()).isEqualTo("39");
    }

    @Test
    void lesserModes_changeNoInstance_andAnApprovedTrialRuns() {
        bed.policy(ClimbBed.POLICY.replace("mode: auto", "mode: recommend"));
        bed.steps(host, 12);
        assertThat(bed.bed.newest(ClimbBed.POOL).said().sentence())
                .contains("would try queue.size = 39 instead of 24 on 1 of 5 instances");
        assertThat(bed.deviating()).isZero();

        bed.policy(ClimbBed.POLICY.replace("mode: auto", "mode: approve"));
        bed.steps(host, 12);
        PolicyState.Asked asked = Objects.requireNonNull(bed.state().asked());
        assertThat(asked.to()).isEqualTo("39");
        assertThat(bed.deviating()).isZero();
        TuneActs.Approved agreed =
                bed.bed.acts.approve(ClimbBed.POOL, asked.decision(), "ben").join();
        assertThat(agreed.rollout()).isPositive();
        bed.untilDecided(host, "WON");
        noneIsLeft("39");
        assertThat(bed.steps()).contains("ASKED");
    }

    @Test
    void withoutAnEnvelope_whatWinsGoesStageByStage() {
        bed.policy(ClimbBed.POLICY.replace("envelope: [4, 104]", "range: {min: 4, max: 104}"));
        PolicyState.Moving trial = bed.untilTrial(host);

        bed.untilDecided(host, "WON");
        noneIsLeft("39");
        assertThat(bed.rollout(trial.rollout()).phase()).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void aPersonWhoMovesTheKey_keepsItForAnHour() {
        bed.policy(ClimbBed.POLICY);
        bed.steps(host, 2);
        bed.bed
                .files
                .writes()
                .edit(TuningBed.FILE, "queue.size", "70", Edit.by("ana", "I know better"))
                .join();

        bed.steps(host, 30);
        assertThat(bed.bed.value()).isEqualTo("70");
        assertThat(bed.bed.newest(ClimbBed.POOL).said().sentence()).contains("by ana until", "[PINNED]");
        bed.steps(host, 325);
        assertThat(bed.untilTrial(host).from()).as("from where she put it").isEqualTo("70");
    }

    @Test
    void oneInstance_isNotTriedOn() {
        for (String each : List.of("i1", "i2", "i3", "i4")) bed.leave(each);
        bed.policy(ClimbBed.POLICY);

        bed.steps(host, 12);

        assertThat(bed.bed.newest(ClimbBed.POOL).said().code()).isEqualTo("NO_DATA");
        assertThat(bed.steps()).doesNotContain("TRY");
    }

    @Test
    void budgetsOfTheKey_boundTrials() {
        bed.goodput = size -> 100;
        bed.policy(ClimbBed.POLICY.replace("perHour: 1000", "perHour: 3"));

        bed.steps(host, 60);

        assertThat(bed.steps().stream().filter("TRY"::equals)).hasSize(3);
        assertThat(bed.bed.newest(ClimbBed.POOL).said().code()).isEqualTo("BUDGET");
    }

    @Test
    void aWatchedWin_isTakenBackWhenAGuardBreaksForAll() {
        bed.policy(ClimbBed.POLICY
                + "  guards:\n    - {name: errors, expr: 'avg(errors, 10s)', limit: 0.5, critical: true}\n");
        bed.untilTrial(host);
        bed.untilDecided(host, "WON");
        bed.steps(host, 1);
        noneIsLeft("39");
        assertThat(bed.state().verifying()).isNotNull();
        bed.steps(host, 8);
        noneIsLeft("39");

        bed.bed.signals.level("errors", 0.9);
        for (int i = 0; i < 12 && bed.state().verifying() != null; i++) bed.steps(host, 1);

        noneIsLeft("24");
        assertThat(bed.state().climb().guards().quarantines()).isNotEmpty();
    }
}
