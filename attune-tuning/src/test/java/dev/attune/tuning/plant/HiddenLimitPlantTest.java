package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Caution;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.statistic.Moments;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * S4 of tuning §4.3: a reward of two keys whose best values lie past a limit that only a guard shows, with noise on both. A
 * trial past the limit is a violation.
 */
class HiddenLimitPlantTest {
    private static final KeyRange RANGE = new KeyRange(0, 1_000, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.NONE);
    private static final int RUNS = 60;
    private static final int EVALS = 80;

    @Test
    @DisplayName("S4: at most one violation in 80 trials, and the end within 6 % of the best allowed values")
    void theLimit_isKeptAndTheBestBelowItNearlyReached() {
        Run[] runs = runs(true, 1);

        assertThat(Arrays.stream(runs).mapToInt(each -> each.violations))
                .as("violations of each run")
                .allMatch(each -> each <= 1);
        assertThat(median(runs)).as("final regret").isLessThanOrEqualTo(0.06);
    }

    @Test
    void aSteeperLimit_isKeptToo() {
        assertThat(Arrays.stream(runs(true, 2)).mapToInt(each -> each.violations))
                .allMatch(each -> each <= 1);
    }

    @Test
    void withoutCaution_theLimitIsPassedAgainAndAgain() {
        double mean = Arrays.stream(runs(false, 1))
                .mapToInt(each -> each.violations)
                .average()
                .orElse(0);

        assertThat(mean).as("the plant can tell one from the other").isGreaterThan(3);
    }

    private static final class Run {
        int violations;
        double regret;
    }

    private static double median(Run[] runs) {
        return Moments.median(
                Arrays.stream(runs).mapToDouble(each -> each.regret).toArray());
    }

    private static Run[] runs(boolean cautious, double steepness) {
        Run[] runs = new Run[RUNS];
        for (int seed = 0; seed < RUNS; seed++) runs[seed] = run(seed, cautious, steepness);
        return runs;
    }

    private static Run run(int seed, boolean cautious, double steepness) {
        Noise noise = new Noise(40_000 + seed);
        HillClimb climb = new HillClimb(List.of(RANGE, RANGE), HillClimb.MIN_GAIN, 1_000);
        HillClimb.State state = climb.start(new double[] {150, 150}, 0);
        Caution caution = Caution.NONE;
        Run run = new Run();
        for (int eval = 0; eval < EVALS; eval++) {
            long now = eval * 600_000L;
            double[] incumbent = climb.incumbent(state);
            double measured = reward(incumbent) * (1 + 0.025 * noise.normal());
            if (state.converged()) {
                state = climb.rested(state, measured, now);
                continue;
            }
            caution = caution.measured(climb.places(state, -1), load(incumbent, steepness) + 0.01 * noise.normal());
            Caution known = caution;
            if (cautious)
                state = climb.cautious(state, each -> known.allows(climb.places(each, each.turn())), measured, now);
            double[] candidate = climb.candidate(state, now);
            if (candidate.length == 0) continue;
            double load = load(candidate, steepness);
            boolean broken = load > 1;
            if (broken) run.violations++;
            caution = caution.measured(climb.places(state, state.turn()), load + 0.01 * noise.normal());
            double error = 0.05 * StrictMath.sqrt(2) / 2;
            double difference = reward(candidate) / reward(incumbent) - 1 + error * noise.normal();
            state = climb.after(state, new HillClimb.Trial(difference, error, broken, 1), measured, now);
        }
        // The best values that the limit allows lie where it is nearest to (600, 700).
        double share = (1.3 - limit(steepness)) / 2;
        double best = reward(new double[] {600 - 1_000 * share, 700 - 1_000 * share});
        run.regret = 1 - reward(climb.incumbent(state)) / best;
        return run;
    }

    /** The greatest sum of both places that is allowed. */
    private static double limit(double steepness) {
        return steepness == 1 ? 1 : 0.8;
    }

    private static double load(double[] values, double steepness) {
        double sum = (values[0] + values[1]) / 1_000;
        return 1 + steepness * (sum - limit(steepness));
    }

    private static double reward(double[] values) {
        double x = values[0] / 1_000 - 0.6;
        double y = values[1] / 1_000 - 0.7;
        return 1 - x * x - y * y;
    }
}
