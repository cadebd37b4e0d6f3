package dev.attune.tuning.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision.Step;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Limits;
import java.util.List;
import java.util.SplittableRandom;
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
        return new ClimbTick(
                now,
                mode,
                List.of(Setting.of(40)),
                GuardFacts.none(now),
                new ClimbTick.Measured(100, difference, 0.005, Double.NaN, Double.NaN, missing, broken));
    }

    @Test
    void aTrial_beginsRunsItsTimeAndWins() {
        ClimbDecision begun = CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh);
        assertThat(begun.step()).isEqualTo(Step.TRY);
        assertThat(begun.to()).containsExactly(Setting.of(55));
        assertThat(begun.sentence()).startsWith("pool r1 tries pool.size = 55 beside pool.size = 40");

        ClimbDecision watched = CLIMBER.decide(tick(NOW + 60_000, Mode.AUTO, 0.05, "", ""), begun.after());
        assertThat(watched.step()).isEqualTo(Step.WATCH);
        ClimbDecision won = CLIMBER.decide(tick(NOW + TRIAL, Mode.AUTO, 0.05, "", ""), watched.after());
        assertThat(won.step()).isEqualTo(Step.WON);
        assertThat(won.to()).containsExactly(Setting.of(55));
        assertThat(won.sentence()).contains("takes pool.size = 55 for all, as it measured +5.00 %");
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
    void aKillSwitch_endsATrialAndBeginsNone() {
        ClimbMemory trying =
                CLIMBER.decide(tick(NOW, Mode.AUTO, Double.NaN, "", ""), fresh).after();
        ClimbTick t = tick(NOW + 10_000, Mode.AUTO, 0.2, "", "");
        ClimbTick killed = new ClimbTick(
                t.nowMillis(), t.mode(), t.current(), t.facts().held("cluster, by ana", "", ""), t.measured());

        ClimbDecision ended = CLIMBER.decide(killed, trying);
        assertThat(ended.step()).isEqualTo(Step.LOST);
        assertThat(CLIMBER.decide(killed, ended.after()).sentence()).contains("[KILLED]");
    }

    @Test
    void lesserModes_onlyShowWhatTheyWouldTry() {
        ClimbDecision shown = CLIMBER.decide(tick(NOW, Mode.RECOMMEND, Double.NaN, "", ""), fresh);

        assertThat(shown.step()).isEqualTo(Step.SHOWN);
        assertThat(shown.after().tries()).isFalse();
        assertThat(CLIMBER.decide(tick(NOW, Mode.OFF, 0, "", ""), fresh).step()).isEqualTo(Step.OFF);
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
            ClimbDecision decision = CLIMBER.decide(tick, memory);

            assertThat(ClimbDecision.replays(CLIMBER, decision.toBytes()))
                    .as("seed %d, tick %d", seed, i)
                    .isTrue();
            memory = decision.after();
        }
    }
}
