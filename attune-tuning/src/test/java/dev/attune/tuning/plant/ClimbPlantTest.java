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

    @Test
    @DisplayName("R1a: when the reward leaps while small steps are tried, the next ones are large again")
    void aLeap_widensTheSteps() {
        HillClimb climb = new HillClimb(Collections.nCopies(1, RANGE), HillClimb.MIN_GAIN, 1_000);
        HillClimb.State state = climb.start(new double[] {500}, 0);
        HillClimb.Trial lost = new HillClimb.Trial(-0.05, 0.01, false, 0.1);
        for (int i = 1; i <= 5; i++) state = climb.after(state, lost, 1.02, i);
        assertThat(Math.abs(climb.candidate(state, 6)[0] - 500)).isLessThan(50);

        HillClimb.State calm = climb.after(state, lost, 0.9, 6);
        HillClimb.State leapt = climb.after(state, lost, 0.6, 6);

        assertThat(Math.abs(climb.candidate(calm, 7)[0] - 500)).isLessThan(50);
        assertThat(Math.abs(climb.candidate(leapt, 7)[0] - 500)).isEqualTo(150);
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
