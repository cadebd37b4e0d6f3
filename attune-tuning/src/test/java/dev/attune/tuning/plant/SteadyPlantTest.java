package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S6 of tuning §4.3: twenty days in which no change is right. */
class SteadyPlantTest {
    private static final int DAYS = 20;

    @Test
    @DisplayName("S6: a threshold three deviations off fires at most once in two days at any autocorrelation")
    void thresholds_rarelyFireUnderSteadyLoad() {
        for (double phi : new double[] {0, 0.5, 0.8, 0.95}) {
            ThresholdController controller = new ThresholdController(
                    List.of(new ThresholdController.Step(Double.NEGATIVE_INFINITY, Double.NaN, Setting.of("WARN"))),
                    120_000,
                    new ThresholdController.Return(900_000, Setting.of("INFO"), 0, 0));
            Noise noise = new Noise(60_000);
            Noise.Drift drift = noise.new Drift(phi, 1);
            ThresholdController.State state = ThresholdController.State.START;
            Setting level = Setting.of("INFO");
            int changes = 0;
            for (long now = 0; now < DAYS * 86_400_000L; now += 15_000) {
                boolean breached = drift.next() > 3;
                var result = controller.step(
                        state, level, new ThresholdController.Observation(true, breached, !breached, 1, now, 15_000));
                state = result.state();
                if (!result.proposal().change()) continue;
                level = result.proposal().to();
                changes++;
            }
            assertThat((double) changes / DAYS).as("phi %s", phi).isLessThanOrEqualTo(0.5);
        }
    }

    @Test
    @DisplayName("S6: a goal that is met is left alone")
    void goals_areLeftAloneUnderSteadyLoad() {
        for (double phi : new double[] {0.5, 0.95}) {
            Noise noise = new Noise(61_000);
            Noise.Drift drift = noise.new Drift(phi, 0.025);
            GoalPlant loop = new GoalPlant(
                    new Goal(100, Goal.Kind.SOFT, Goal.Direction.TRACK, true, 0.1, 1),
                    new Model(-1, 2, 0.025, 1),
                    new KeyRange(1, 1_000, 1, KeyRange.Scale.LOG, KeyRange.Relief.UP),
                    50,
                    QueueMemoryPlantTest.limits());
            int ticks = (int) (DAYS * 86_400_000L / GoalPlant.TICK_MILLIS);
            for (int t = 0; t < ticks; t++) loop.tick(100 * 50 / loop.current() * StrictMath.exp(drift.next()));
            assertThat((double) loop.changes() / DAYS).as("phi %s", phi).isLessThanOrEqualTo(0.5);
        }
    }
}
