package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.guard.GuardFacts;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Bed R2 of tuning §4.4 in virtual time: a queue that is offered five times what is taken from it, whose bound is the key and
 * whose items are heap. A lowered bound does not shorten it, it only drains; items change their size by 2 and by 0.5.
 */
class DrainingQueuePlantTest {
    private static final double GOAL = 0.8;
    private static final double ITEM = 0.0005;
    private static final double BASE = 0.12;
    private static final double[] SIZES = {1, 2, 0.5};
    private static final int PHASE = 150;
    private static final int TAKEN = 30;
    private static final int OFFERED = 150;
    private static final int LAG = 2;
    private static final KeyRange RANGE = new KeyRange(64, 8_192, 1, KeyRange.Scale.LINEAR, KeyRange.Relief.DOWN);

    @Test
    @DisplayName(
            "R2: with the queue's length as deputy a hard goal holds while items double, and the bound is well used")
    void withADeputy_theGoalHolds() {
        double over = 0;
        double worst = 0;
        double held = 0;
        int seeds = 20;
        for (int seed = 0; seed < seeds; seed++) {
            Plant plant = new Plant(seed, true);
            plant.run();
            assertThat(plant.loop.memory().tripped()).as("seed %d", seed).isEmpty();
            over += plant.over / seeds;
            worst = Math.max(worst, plant.worst);
            held += plant.held / seeds;
        }
        double bestStatic = (GOAL - BASE) / ITEM / 2;
        assertThat(over).isLessThanOrEqualTo(0.03);
        assertThat(worst).isLessThanOrEqualTo(0.05);
        assertThat(held / bestStatic).isGreaterThanOrEqualTo(1.25);
    }

    @Test
    @DisplayName("R2: without it the bound runs away below the queue that drains")
    void withoutADeputy_theBoundIsCutTooFar() {
        Plant with = new Plant(1, true);
        Plant without = new Plant(1, false);
        with.run();
        without.run();

        assertThat(without.least).isLessThan(with.least);
        assertThat(without.held).isLessThan(with.held);
    }

    private static final class Plant {
        final Noise noise;
        final boolean deputy;
        final GoalPlant loop = new GoalPlant(
                new Goal(GOAL, Goal.Kind.HARD, Goal.Direction.BELOW, false, 0.03, 1),
                new Model(ITEM, Model.ERROR_MIN, 0.02, 1),
                RANGE,
                1_000,
                QueueMemoryPlantTest.limits());
        final Deque<Double> queue = new ArrayDeque<>();
        double over;
        double worst;
        double held;
        double least = Double.POSITIVE_INFINITY;

        Plant(int seed, boolean deputy) {
            noise = new Noise(60_000 + seed);
            this.deputy = deputy;
        }

        void run() {
            Deque<double[]> seen = new ArrayDeque<>();
            double[] before = {Double.NaN, Double.NaN};
            double used = 0;
            int ticks = PHASE * SIZES.length;
            for (int i = 0; i < 1_000; i++) used += add(1);
            for (int t = 0; t < ticks; t++) {
                for (int i = 0; i < TAKEN && !queue.isEmpty(); i++) used -= queue.removeFirst();
                for (int i = 0; i < OFFERED && queue.size() < loop.current(); i++) used += add(SIZES[t / PHASE]);
                double heap = BASE + used;
                seen.addLast(new double[] {heap * (1 + 0.01 * noise.normal()), queue.size()});
                if (seen.size() > LAG + 1) seen.removeFirst();
                double[] now = seen.getFirst();
                GuardFacts.Binding binding =
                        now[1] >= 0.9 * loop.current() ? GuardFacts.Binding.YES : GuardFacts.Binding.NO;
                loop.tick(
                        now[0],
                        deputy ? now[1] : Double.NaN,
                        before[0],
                        GuardFacts.none(1_000_000).binding(binding));
                before = new double[] {before[1], now[0]};
                if (heap > GOAL) over += 1.0 / ticks;
                worst = Math.max(worst, heap / GOAL - 1);
                held += (double) queue.size() / ticks;
                least = Math.min(least, loop.current());
            }
        }

        private double add(double size) {
            queue.addLast(size * ITEM);
            return size * ITEM;
        }
    }
}
