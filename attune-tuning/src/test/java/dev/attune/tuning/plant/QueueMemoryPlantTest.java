package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.guard.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S1 of tuning §4.3: memory {@code s = 60 + alpha c} behind a queue bound c, under a hard goal of 495. Items change size,
 * alpha 1, 1.6, 0.7, and the queue turns over by 2 % a tick; measurements are 2 % off and up to three ticks old.
 */
class QueueMemoryPlantTest {
    private static final double GOAL = 495;
    private static final double BASE = 60;
    private static final double[] ALPHAS = {1, 1.6, 0.7};
    private static final int PHASE = 300;
    private static final double TURNOVER = 0.02;
    private static final KeyRange RANGE = new KeyRange(8, 640, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    @DisplayName("S1: a hard memory goal holds while the key is worth 1.25 of the best static value")
    void hardGoal_holdsAndTheKeyIsWellUsed(int lag) {
        double over = 0;
        double worst = 0;
        double value = 0;
        double changes = 0;
        int ticks = 0;
        int seeds = 20;
        for (int seed = 0; seed < seeds; seed++) {
            Noise noise = new Noise(40_000 + seed);
            GoalPlant loop = new GoalPlant(
                    new Goal(GOAL, Goal.Kind.HARD, Goal.Direction.BELOW, false, 0.03, 1),
                    profile(noise, lag),
                    RANGE,
                    200,
                    limits());
            Deque<Double> measured = new ArrayDeque<>();
            double alpha = ALPHAS[0];
            for (int t = 0; t < PHASE * ALPHAS.length; t++) {
                alpha += TURNOVER * (ALPHAS[t / PHASE] - alpha);
                double used = BASE + alpha * loop.current();
                double seen = used * (1 + 0.02 * noise.normal());
                measured.addLast(seen);
                if (measured.size() > lag + 1) measured.removeFirst();
                loop.tick(measured.peekFirst());
                if (used > GOAL) over++;
                worst = Math.max(worst, used / GOAL - 1);
                value += loop.current();
                ticks++;
            }
            changes += loop.changes();
        }
        double bestStatic = (GOAL - BASE) / 1.6;
        assertThat(over / ticks).isLessThanOrEqualTo(0.005);
        assertThat(worst).isLessThanOrEqualTo(0.05);
        assertThat(value / ticks / bestStatic).isGreaterThanOrEqualTo(1.25);
        assertThat(changes / ticks).isLessThanOrEqualTo(0.3);
    }

    private static Model profile(Noise noise, int lag) {
        List<Model.Sample> samples = new ArrayList<>();
        for (double key : new double[] {60, 160, 260, 360}) {
            double[] metric = new double[10];
            for (int i = 0; i < metric.length; i++) metric[i] = (BASE + key) * (1 + 0.02 * noise.normal());
            samples.add(new Model.Sample(key, metric));
        }
        return Model.fit(samples, false, lag).model();
    }

    static Limits limits() {
        return new Limits(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.25, 0.5, 0, 60_000, 0, 0);
    }
}
