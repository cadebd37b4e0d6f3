package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.statistic.Moments;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S3 of tuning §4.3: a concave reward of one and of three keys, with noise, whose optimum jumps. One trial is one eval. */
class ClimbPlantTest {
    private static final KeyRange RANGE = new KeyRange(0, 1_000, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE);
    private static final int RUNS = 40;

    @Test
    @DisplayName("S3: one key is within 5 % of the optimum after 20 trials, and within 2 % in the end")
    void oneKey_isFound() {
        Climb[] runs = runs(1, 0.05, 80, -1);

        assertThat(median(runs, each -> each.firstWithin)).isLessThanOrEqualTo(20);
        assertThat(median(runs, each -> each.lateRegret)).isLessThanOrEqualTo(0.02);
    }

    @Test
    @DisplayName("S3: three keys are within 5 % after 60 trials, and in the end")
    void threeKeys_areFound() {
        Climb[] runs = runs(3, 0.05, 160, -1);

        assertThat(median(runs, each -> each.firstWithin)).isLessThanOrEqualTo(60);
        assertThat(median(runs, each -> each.lateRegret)).isLessThanOrEqualTo(0.05);
    }

    @Test
    @DisplayName("S3: with 15 % noise the end is still within 5 %")
    void muchNoise_isBorne() {
        assertThat(median(runs(1, 0.15, 120, -1), each -> each.lateRegret)).isLessThanOrEqualTo(0.05);
    }

    @Test
    @DisplayName("S3: after the optimum jumped it is found again within 40 trials")
    void aJump_isFollowed() {
        assertThat(median(runs(1, 0.05, 160, 80), each -> each.recovery)).isLessThanOrEqualTo(40);
    }

    private static final HillClimb CLIMB = new HillClimb(Collections.nCopies(1, RANGE), HillClimb.MIN_GAIN, 1_000);

    /** A search whose steps have become small, with a reward of 1.02. */
    private static HillClimb.State small() {
        HillClimb.State state = CLIMB.start(new double[] {500}, 0);
        for (int i = 1; i <= 5; i++) state = lost(state, 1.02, i);
        assertThat(step(state)).isLessThan(50);
        return state;
    }

    private static HillClimb.State lost(HillClimb.State state, double reward, long nowMillis) {
        return CLIMB.after(state, new HillClimb.Trial(-0.05, 0.01, false, 0.1), reward, nowMillis);
    }

    private static double step(HillClimb.State state) {
        return Math.abs(CLIMB.candidate(state, 6)[0] - CLIMB.incumbent(state)[0]);
    }

    @Test
    @DisplayName("R1a: when the reward leaps while small steps are tried, the next ones are large again")
    void aLeap_widensTheSteps() {
        assertThat(step(lost(small(), 0.9, 6))).isLessThan(50);
        assertThat(step(lost(small(), 0.6, 6))).isEqualTo(150);
        HillClimb.Trial noisy = new HillClimb.Trial(-0.05, 0.2, false, 0.1);
        assertThat(step(CLIMB.after(small(), noisy, 0.6, 6)))
                .as("within three errors")
                .isLessThan(50);
    }

    @Test
    @DisplayName("R1a: a leap of which one trial sees a part is seen by the next")
    void aLeapInTwoSteps_widensTheSteps() {
        HillClimb.State begun = lost(small(), 0.9, 6);

        assertThat(step(lost(begun, 0.8, 7))).isEqualTo(150);
    }

    @Test
    @DisplayName("R1a: a reward that nobody measured is no leap, nor forgotten")
    void aRewardThatNobodyMeasured_isNoLeap() {
        HillClimb.State unmeasured = lost(small(), Double.NaN, 6);

        assertThat(step(unmeasured)).isLessThan(50);
        assertThat(unmeasured.reward()).isEqualTo(small().reward());
    }

    @Test
    @DisplayName("R1a: who gains much is far from the optimum and goes on with steps twice as large")
    void aLargeGain_doublesTheStep() {
        HillClimb.State start = CLIMB.start(new double[] {100}, 0);
        HillClimb.State little = CLIMB.after(start, new HillClimb.Trial(0.1, 0.01, false, 0.1), 1, 1);
        HillClimb.State much = CLIMB.after(start, new HillClimb.Trial(0.5, 0.01, false, 0.1), 1, 1);

        assertThat(step(little)).isEqualTo(195);
        assertThat(step(much)).isEqualTo(300);
        assertThat(step(lost(much, 1.5, 2)))
                .as("what the winner gives was foreseen, and is no leap")
                .isEqualTo(180);
    }

    private static final class Climb {
        double firstWithin = 999;
        double lateRegret;
        double recovery = 999;
    }

    private interface Figure {
        double of(Climb climb);
    }

    private static double median(Climb[] runs, Figure figure) {
        double[] figures = Arrays.stream(runs).mapToDouble(figure::of).toArray();
        return Moments.median(figures);
    }

    private static Climb[] runs(int keys, double sigma, int evals, int jumpAt) {
        Climb[] climbs = new Climb[RUNS];
        for (int seed = 0; seed < RUNS; seed++) climbs[seed] = run(seed, keys, sigma, evals, jumpAt);
        return climbs;
    }

    private static Climb run(int seed, int keys, double sigma, int evals, int jumpAt) {
        Noise noise = new Noise(70_000 + seed);
        HillClimb climb = new HillClimb(Collections.nCopies(keys, RANGE), HillClimb.MIN_GAIN, 1_000);
        double[] start = new double[keys];
        Arrays.fill(start, 150);
        HillClimb.State state = climb.start(start, 0);
        Climb seen = new Climb();
        double[] late = new double[evals / 4];
        for (int eval = 0; eval < evals; eval++) {
            double best = jumpAt >= 0 && eval >= jumpAt ? 0.25 : 0.6;
            double regret = 1 - reward(climb.incumbent(state), best);
            if (regret <= 0.05 && seen.firstWithin == 999) seen.firstWithin = eval;
            if (jumpAt >= 0 && eval > jumpAt && regret <= 0.05 && seen.recovery == 999) seen.recovery = eval - jumpAt;
            if (eval >= evals - late.length) late[eval - (evals - late.length)] = regret;
            long now = eval * 600_000L;
            double measured = reward(climb.incumbent(state), best) * (1 + sigma / 2 * noise.normal());
            double[] candidate = climb.candidate(state, now);
            if (candidate.length == 0) {
                state = climb.rested(state, measured, now);
                continue;
            }
            // Both groups are measured over four windows at the same time.
            double error = sigma * StrictMath.sqrt(2) / 2;
            double difference =
                    reward(candidate, best) / reward(climb.incumbent(state), best) - 1 + error * noise.normal();
            state = climb.after(state, new HillClimb.Trial(difference, error, false, 1), measured, now);
        }
        seen.lateRegret = Moments.mean(late);
        return seen;
    }

    private static double reward(double[] values, double best) {
        double lost = 0;
        for (double value : values) lost += (value / 1_000 - best) * (value / 1_000 - best);
        return 1 - lost;
    }
}
