package dev.attune.tuning.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision.Step;
import dev.attune.tuning.guard.Budget;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Limits;
import dev.attune.tuning.guard.Refusal;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClimberTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long TRIAL = 120_000;
    private static final KeyRange RANGE = new KeyRange(0, 100, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE);
    private static final HillClimb CLIMB = new HillClimb(List.of(RANGE), HillClimb.MIN_GAIN, 0.02);
    private static final Climber CLIMBER =
            new Climber("pool", "r1", List.of("pool.size"), CLIMB, new GuardChain(null, Limits.DEFAULT), TRIAL);

    private final ClimbMemory fresh = ClimbMemory.start(CLIMB, new double[] {40}, 6, NOW);

    private static ClimbTick tick(long now, Mode mode, double difference, String missing, String broken) {
        return tick(now, 40, mode, difference, missing, broken);
    }

    private static ClimbTick tick(
            long now, double current, Mode mode, double difference, String missing, String broken) {
        return measuring(
                now,
                current,
                mode,
                new ClimbTick.Measured(100, difference, 0.005, 4, Double.NaN, Double.NaN, missing, broken));
    }

    private static ClimbTick measuring(long now, double current, Mode mode, ClimbTick.Measured measured) {
        return new ClimbTick(
                now,
                mode,
                List.of(Setting.of(current)),
                1,
                GuardFacts.none(now),
                new ClimbTick.Trial(NOW, 1, 5, ""),
                measured);
    }

    /** In the middle of a trial. */
    private static ClimbTick early(double difference, double standardError, int windows) {
        String missing = windows + " of 4 windows have been measured";
        return measuring(
                NOW + 30_000,
                40,
                Mode.AUTO,
                new ClimbTick.Measured(100, difference, standardError, windows, Double.NaN, Double.NaN, missing, ""));
    }

    private static ClimbTick with(ClimbTick tick, GuardFacts facts, ClimbTick.Trial trial, double acknowledged) {
        return new ClimbTick(
                tick.nowMillis(), tick.mode(), tick.current(), acknowledged, facts, trial, tick.measured());
    }

    private ClimbMemory trying() {
        return CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh).after();
    }

    @Test
    void aTrial_beginsRunsItsTimeAndWins() {
        ClimbDecision begun = CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh);
        assertThat(begun.step()).isEqualTo(Step.TRY);
        assertThat(begun.to()).containsExactly(Setting.of(55));
        assertThat(begun.sentence()).contains("Z pool r1 tries pool.size = 55 instead of 40 on 1 of 5 instances");

        ClimbDecision watched = CLIMBER.decide(tick(NOW + 60_000, Mode.AUTO, 0.05, "", ""), begun.after());
        assertThat(watched.step()).isEqualTo(Step.WATCH);
        ClimbDecision won = CLIMBER.decide(tick(NOW + TRIAL, Mode.AUTO, 0.05, "", ""), watched.after());
        assertThat(won.step()).isEqualTo(Step.WON);
        assertThat(won.to()).containsExactly(Setting.of(55));
        assertThat(won.sentence())
                .contains(
                        "tried pool.size = 55 instead of 40 on 1 of 5 instances for 120 s and takes it for all, as it "
                                + "measured +5.0 % (± 0.5).");
    }

    @Test
    void aPlainDifference_endsATrialEarly() {
        assertThat(step(early(-0.3, 0.02, 1))).as("a loss after one window").isEqualTo(Step.LOST);
        assertThat(step(early(0.3, 0.02, 1))).as("a gain is seen twice").isEqualTo(Step.WATCH);
        assertThat(step(early(-0.09, 0.02, 3))).as("worth a closer look").isEqualTo(Step.WATCH);
        assertThat(step(early(-0.3, 0.1, 3))).as("may be noise").isEqualTo(Step.WATCH);
        assertThat(step(early(Double.NaN, Double.NaN, 0))).isEqualTo(Step.WATCH);

        ClimbDecision won = CLIMBER.decide(early(0.3, 0.02, 2), trying());

        assertThat(won.step()).isEqualTo(Step.WON);
        assertThat(won.sentence()).contains("for 30 s and takes it for all, as it plainly measured +30.0 % (± 2.0).");
    }

    private Step step(ClimbTick tick) {
        return CLIMBER.decide(tick, trying()).step();
    }

    @Test
    void aBrokenGuard_endsATrialAtOnceAndBarsTheValue() {
        ClimbMemory trying =
                CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh).after();

        ClimbDecision hurt = CLIMBER.decide(tick(NOW + 10_000, Mode.AUTO, -0.5, "", "p95 +40 %"), trying);

        assertThat(hurt.step()).isEqualTo(Step.HURT);
        assertThat(hurt.after().guards().quarantines()).hasSize(1);
        assertThat(hurt.after().tries()).isFalse();
    }

    @Test
    void aTrialThatNobodyCanMeasure_isLostInTheEnd() {
        ClimbMemory trying =
                CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh).after();

        assertThat(CLIMBER.decide(tick(NOW + TRIAL, Mode.AUTO, Double.NaN, "no data", ""), trying)
                        .step())
                .isEqualTo(Step.WATCH);
        assertThat(CLIMBER.decide(tick(NOW + 3 * TRIAL, Mode.AUTO, Double.NaN, "no data", ""), trying)
                        .step())
                .isEqualTo(Step.LOST);
    }

    @Test
    void aKillSwitch_endsATrialUnjudgedAndBeginsNone() {
        ClimbTick t = tick(NOW + 10_000, Mode.AUTO, 0.2, "", "");
        ClimbTick killed = t.knowing(t.facts().held("cluster, by ana", "", ""));
        ClimbMemory trying = trying();

        ClimbDecision ended = CLIMBER.decide(killed, trying);
        assertThat(ended.step()).isEqualTo(Step.WITHDRAWN);
        assertThat(ended.after().search()).as("nothing was learnt from it").isEqualTo(trying.search());
        ClimbDecision next = CLIMBER.decide(killed, ended.after());
        assertThat(next.sentence()).contains("[KILLED]");
        assertThat(next.refusal()).isEqualTo(Refusal.KILLED);
    }

    @Test
    void whatForbidsOrSpoilsATrial_endsItUnjudged() {
        ClimbTick t = tick(NOW + 10_000, Mode.AUTO, 0.2, "", "");
        GuardFacts none = GuardFacts.none(NOW);
        List<ClimbTick> reasons = List.of(
                t.knowing(none.held("", "by ana", "")),
                t.knowing(none.held("", "", "sale")),
                t.knowing(none.amid("rollout 9 moves another file", "", 0, 0)),
                with(t, none, new ClimbTick.Trial(NOW, 1, 5, "another node leads"), 1),
                tick(NOW + 10_000, Mode.OFF, 0.2, "", ""),
                tick(NOW + 10_000, Mode.RECOMMEND, 0.2, "", ""));

        for (ClimbTick each : reasons) {
            ClimbDecision ended = CLIMBER.decide(each, trying());
            assertThat(ended.step()).as("%s", each).isEqualTo(Step.WITHDRAWN);
            assertThat(ended.after().tries()).isFalse();
            assertThat(ended.candidate()).isEqualTo(Setting.of(55));
        }
        assertThat(CLIMBER.decide(tick(NOW + 10_000, Mode.APPROVE, 0.05, "", ""), trying())
                        .step())
                .as("what a person agreed to goes on")
                .isEqualTo(Step.WATCH);
    }

    @Test
    void aTrialThatNotAllOfItsGroupHave_isNotMeasuredYet() {
        ClimbTick t = tick(NOW + 10 * TRIAL, Mode.AUTO, 0.2, "", "");

        ClimbDecision watched =
                CLIMBER.decide(with(t, t.facts(), new ClimbTick.Trial(ClimbTick.NOT_YET, 1, 5, ""), 1), trying());

        assertThat(watched.step()).isEqualTo(Step.WATCH);
        assertThat(watched.sentence()).contains("not all of them have it yet");
    }

    @Test
    void nothingIsTried_whenItCouldNotBeComparedOrNotPaidFor() {
        ClimbTick t = tick(NOW, Mode.AUTO, Double.NaN, "", "");
        GuardFacts none = GuardFacts.none(NOW);

        assertThat(refusal(with(t, none, t.trial(), 0.5), fresh)).isEqualTo(Refusal.UNACKNOWLEDGED);
        assertThat(refusal(with(t, none, new ClimbTick.Trial(NOW, 1, 1, ""), 1), fresh))
                .isEqualTo(Refusal.NO_DATA);
        assertThat(refusal(t.knowing(none.amid("", "", 1, 1)), fresh)).isEqualTo(Refusal.BLAST);
        assertThat(refusal(t.knowing(none.budgets(Budget.full(0, NOW), none.cluster())), fresh))
                .isEqualTo(Refusal.BUDGET);
        assertThat(refusal(t, ClimbMemory.start(CLIMB, new double[] {40}, 0, NOW)))
                .isEqualTo(Refusal.BUDGET);
        ClimbMemory lost = CLIMBER.decide(tick(NOW + TRIAL, Mode.AUTO, -0.1, "", ""), trying())
                .after();
        assertThat(CLIMBER.decide(tick(NOW + TRIAL, Mode.AUTO, -0.1, "", ""), lost)
                        .step())
                .as("the other way, after the cooldown")
                .isEqualTo(Step.TRY);
    }

    private static @Nullable Refusal refusal(ClimbTick tick, ClimbMemory memory) {
        return CLIMBER.decide(tick, memory).refusal();
    }

    @Test
    void aValueThatHurt_isNotTriedAgainWhileItIsBarred() {
        ClimbMemory hurt = CLIMBER.decide(tick(NOW + 60_000, Mode.AUTO, 0, "", "errors"), trying())
                .after();
        assertThat(hurt.bars("pool.size", Setting.of(60), NOW + 60_000)).isTrue();
        assertThat(hurt.bars("queue.size", Setting.of(60), NOW + 60_000)).isFalse();
        ClimbMemory memory = hurt;
        for (int i = 2; i < 60; i++) {
            ClimbDecision next = CLIMBER.decide(tick(NOW + i * 60_000L, Mode.AUTO, -0.01, "", ""), memory);
            if (next.step() == Step.TRY && i < 11)
                assertThat(next.candidate().number()).isLessThan(55);
            memory = next.after();
        }
    }

    @Test
    void aKeyThatSomebodyMoved_isClimbedFromWhereItIs() {
        ClimbDecision tried = CLIMBER.decide(tick(NOW, 70, Mode.AUTO, Double.NaN, "", ""), fresh);

        assertThat(tried.from()).isEqualTo(Setting.of(70));
        assertThat(tried.candidate()).isEqualTo(Setting.of(85));
    }

    @Test
    void aCoarseKey_isMovedByAStepOfItAtLeast() {
        KeyRange few = new KeyRange(1, 8, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE);
        HillClimb climb = new HillClimb(List.of(few), HillClimb.MIN_GAIN, 1);
        HillClimb.State state = climb.start(new double[] {4}, 0);
        for (int i = 0; i < 12; i++) {
            double[] candidate = climb.candidate(state, i);
            if (candidate.length == 0) break;
            assertThat(candidate[0]).isNotEqualTo(climb.incumbent(state)[0]);
            state = climb.after(state, new HillClimb.Trial(-0.1, 0.01, false, 0.001), 1, i);
        }
    }

    @Test
    void trialsThatCostEnough_pauseUntilTheNextDay() {
        ClimbMemory memory = fresh;
        long now = NOW;
        int trials = 0;
        Step step = Step.TRY;
        while (step != Step.REST && trials < 500) {
            ClimbDecision begun = CLIMBER.decide(tick(now, Mode.AUTO, Double.NaN, "", ""), memory);
            step = begun.step();
            if (step == Step.TRY) trials++;
            now += 3_600_000;
            memory = CLIMBER.decide(tick(now, Mode.AUTO, -0.9, "", ""), begun.after())
                    .after();
        }

        // An hour of 90 % less on one of five costs 0.75 % of a day.
        assertThat(trials).isEqualTo(3);
    }

    @Test
    @DisplayName("R10: every decision of a climb replays to the same bytes")
    void decisions_replayBitForBit() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        ClimbMemory memory = fresh;
        for (int i = 0; i < 500; i++) {
            ClimbTick tick = tick(
                    NOW + i * 60_000L,
                    random.nextInt(10) == 0 ? Mode.RECOMMEND : Mode.AUTO,
                    random.nextDouble() * 0.1 - 0.05,
                    random.nextInt(10) == 0 ? "no data" : "",
                    random.nextInt(20) == 0 ? "errors" : "");
            if (random.nextInt(10) == 0)
                tick = with(tick, tick.facts(), new ClimbTick.Trial(ClimbTick.NOT_YET, 1, 5, ""), 0.5);
            ClimbDecision decision = CLIMBER.decide(tick, memory);

            assertThat(ClimbDecision.replays(CLIMBER, decision.toBytes()))
                    .as("seed %d, tick %d", seed, i)
                    .isTrue();
            memory = decision.after();
        }
    }
}
