package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.decision.Explanation;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What goes wrong in practice (tuning §4.1): a policy must become harmless, not clever. */
class NegativePlantTest {
    private static final KeyRange RANGE = new KeyRange(8, 1_024, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);
    private final Noise noise = new Noise(90_001);

    @Test
    @DisplayName("A gain of the wrong sign trips the policy within a few moves, and it only recommends from then on")
    void wrongSignGain_trips() {
        GoalPlant loop = loop(300);
        for (int t = 0; t < 60; t++) loop.tick((600 - loop.current()) * (1 + 0.02 * noise.normal()));

        assertThat(loop.memory().tripped()).contains("no effect in the expected direction");
        long changes = loop.changes();
        for (int t = 0; t < 60; t++) loop.tick(600 - loop.current());
        assertThat(loop.changes()).isEqualTo(changes).isLessThanOrEqualTo(12);
        assertThat(loop.last().outcome()).isIn(Outcome.RECOMMENDED, Outcome.NOTHING, Outcome.REFUSED);
    }

    @Test
    @DisplayName("A sensor that is frozen trips the policy instead of driving the key to its bound for ever")
    void frozenSensor_trips() {
        GoalPlant loop = loop(100);
        for (int t = 0; t < 100; t++) loop.tick(200);

        assertThat(loop.memory().tripped()).isNotEmpty();
        assertThat(Explanation.sentence(loop.last())).contains("only recommends");
        assertThat(loop.changes()).isLessThan(10);
    }

    @Test
    @DisplayName("A plant that turns round in the middle of the range ends within bounds, tripped or at rest")
    void nonMonotonePlant_staysWithinBounds() {
        GoalPlant loop = loop(100);
        for (int t = 0; t < 400; t++) {
            double c = loop.current();
            double metric = c < 250 ? 60 + c : 310 - (c - 250);
            double to = loop.tick(metric * (1 + 0.02 * noise.normal()));
            assertThat(to).isBetween(8.0, 1_024.0);
        }
        assertThat(loop.memory().tripped()).isNotEmpty();
    }

    @Test
    @DisplayName("R10: without a metric nothing changes, and it says so")
    void metricDropOut_holds() {
        GoalPlant loop = loop(100);
        for (int t = 0; t < 10; t++) loop.tick(Double.NaN);

        assertThat(loop.changes()).isZero();
        assertThat(loop.last().guards().refusal()).isEqualTo(Refusal.NO_DATA);
        assertThat(Explanation.sentence(loop.last()))
                .contains("leaves key at 100")
                .contains("NO_DATA");
    }

    @Test
    @DisplayName("A load that steps exactly at each change does not break the bound for long")
    void loadStepAtEachChange_isRiddenOut() {
        GoalPlant loop = loop(100);
        double target = 1;
        double alpha = 1;
        long changes = 0;
        int over = 0;
        for (int t = 0; t < 600; t++) {
            if (loop.changes() > changes && t % 60 == 0) target = target > 1.1 ? 0.8 : 1.5;
            changes = loop.changes();
            alpha += 0.02 * (target - alpha);
            double used = 60 + alpha * loop.current();
            loop.tick(used * (1 + 0.02 * noise.normal()));
            if (used > 495) over++;
        }
        assertThat(loop.memory().tripped()).isEmpty();
        assertThat(over).isLessThanOrEqualTo(3);
    }

    @Test
    @DisplayName("A key that limits nothing is not raised")
    void keyThatDoesNotBind_isNotRaised() {
        GoalPlant loop = loop(100);
        for (int t = 0; t < 20; t++) loop.tick(100, GuardFacts.none(0).binding(GuardFacts.Binding.NO));

        assertThat(loop.changes()).isZero();
        assertThat(loop.last().guards().refusal()).isEqualTo(Refusal.NOT_BINDING);
    }

    private static GoalPlant loop(double start) {
        return new GoalPlant(
                new Goal(495, Goal.Kind.HARD, Goal.Direction.BELOW, false, 0.03, 1),
                new Model(1, 1.06, 0.02, 0),
                RANGE,
                start,
                QueueMemoryPlantTest.limits());
    }
}
