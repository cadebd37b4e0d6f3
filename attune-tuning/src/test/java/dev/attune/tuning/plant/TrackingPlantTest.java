package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.guard.Limits;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S2 of tuning §4.3: a metric {@code s = A c^-gamma} tracks its target while the load doubles, then falls to 0.35. */
class TrackingPlantTest {
    private static final int PHASE = 400;
    private static final KeyRange RANGE = new KeyRange(1e-3, 1e6, 1e-3, KeyRange.Scale.LOG, KeyRange.Relief.UP);

    @ParameterizedTest
    @CsvSource({"0.5,0", "0.5,1", "0.5,3", "1,0", "1,1", "1,3", "2,0", "2,1", "2,3"})
    @DisplayName("S2: tracking is within 6 % on average for every elasticity and lag, without swinging")
    void tracking_isCloseAndStable(double gamma, int lag) {
        double error = 0;
        int ticks = 0;
        double swing = 0;
        for (int seed = 0; seed < 5; seed++) {
            Noise noise = new Noise(50_000 + seed);
            GoalPlant loop = new GoalPlant(
                    new Goal(1, Goal.Kind.SOFT, Goal.Direction.TRACK, true, 0.1, 1),
                    new Model(-gamma, 2, 0.05, lag),
                    RANGE,
                    100,
                    new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.25, 0.5, 0, 0, 0, 0));
            double atStart = StrictMath.pow(100, gamma);
            double[] loads = {1, 2, 2 * 0.35};
            Deque<Double> measured = new ArrayDeque<>();
            for (int t = 0; t < PHASE * loads.length; t++) {
                double metric = loads[t / PHASE] * atStart * StrictMath.pow(loop.current(), -gamma);
                measured.addLast(metric * StrictMath.exp(0.05 * noise.normal()));
                if (measured.size() > lag + 1) measured.removeFirst();
                loop.tick(measured.peekFirst());
                double off = Math.abs(StrictMath.log(metric));
                error += off;
                ticks++;
                // The last quarter of each phase: what is left once the step is over.
                if (t % PHASE > PHASE * 3 / 4) swing = Math.max(swing, off);
            }
        }
        assertThat(error / ticks).isLessThanOrEqualTo(0.06);
        assertThat(swing).isLessThanOrEqualTo(0.25);
    }
}
