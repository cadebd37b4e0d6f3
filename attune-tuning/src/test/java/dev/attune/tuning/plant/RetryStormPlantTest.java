package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.GuardFacts.Binding;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * S7 of tuning §4.3: a bounded queue before a service whose capacity falls and comes back. Who waits longer than two
 * seconds has given up, and tries again in seven of ten cases; a queue that is too long does nothing but useless work, and
 * the retries keep it so after the cause is gone.
 */
class RetryStormPlantTest {
    private static final KeyRange RANGE = new KeyRange(8, 1_000, 1, KeyRange.Scale.LOG, KeyRange.Relief.DOWN);
    private static final double DEADLINE_SECONDS = 2;
    private static final double RETRY = 0.7;
    private static final int RETRY_SECONDS = 5;
    private static final int SECONDS_PER_TICK = (int) (GoalPlant.TICK_MILLIS / 1_000);
    private static final int[] CAPACITY = {100, 40, 100, 60, 100};
    private static final double LOAD = 80;
    private static final int PHASE_SECONDS = 1_800;

    @Test
    @DisplayName("S7: a queue bound under a wait goal keeps 90 % of what a bound that knows the capacity would")
    void retryStorm_doesNotCollapse() {
        double fixed = 0;
        double tuned = 0;
        double oracle = 0;
        for (int seed = 0; seed < 10; seed++) {
            fixed += run(seed, Bound.FIXED);
            tuned += run(seed, Bound.TUNED);
            oracle += run(seed, Bound.ORACLE);
        }

        assertThat(fixed / oracle)
                .as("the default collapses, or there is nothing to show")
                .isLessThan(0.5);
        assertThat(tuned / oracle).isGreaterThanOrEqualTo(0.9);
    }

    private enum Bound {
        FIXED,
        TUNED,
        ORACLE
    }

    /** The number of requests that were answered in time. */
    private static double run(int seed, Bound bound) {
        Noise noise = new Noise(95_000 + seed);
        GoalPlant loop = new GoalPlant(
                new Goal(0.8 * DEADLINE_SECONDS, Goal.Kind.HARD, Goal.Direction.BELOW, true, 0.03, 1),
                new Model(1, 4, 0.05, 1),
                RANGE,
                400,
                QueueMemoryPlantTest.limits());
        // Who arrived when: a second, and how many of it are left.
        Deque<int[]> queue = new ArrayDeque<>();
        int[] retries = new int[CAPACITY.length * PHASE_SECONDS + RETRY_SECONDS + 1];
        int queued = 0;
        double good = 0;
        double longest = 0;
        int deepest = 0;
        for (int t = 0; t < CAPACITY.length * PHASE_SECONDS; t++) {
            int capacity = CAPACITY[t / PHASE_SECONDS];
            double key = bound == Bound.ORACLE ? 0.9 * DEADLINE_SECONDS * capacity : loop.current();
            int arriving = noise.poisson(LOAD) + retries[t];
            int admitted = Math.max(0, Math.min(arriving, (int) key - queued));
            retries[t + RETRY_SECONDS] += (int) (RETRY * (arriving - admitted));
            if (admitted > 0) queue.addLast(new int[] {t, admitted});
            queued += admitted;
            deepest = Math.max(deepest, queued);
            int left = noise.poisson(capacity);
            while (left > 0 && !queue.isEmpty()) {
                int[] first = queue.getFirst();
                int served = Math.min(left, first[1]);
                double waited = t - first[0];
                longest = Math.max(longest, waited + 0.01);
                if (waited <= DEADLINE_SECONDS) good += served;
                else retries[t + RETRY_SECONDS] += (int) (RETRY * served);
                first[1] -= served;
                left -= served;
                queued -= served;
                if (first[1] == 0) queue.removeFirst();
            }
            if (t % SECONDS_PER_TICK != SECONDS_PER_TICK - 1) continue;
            Binding binding = deepest >= 0.9 * key ? Binding.YES : Binding.NO;
            if (bound == Bound.TUNED) loop.tick(longest, GuardFacts.none(0).binding(binding));
            longest = 0.01;
            deepest = 0;
        }
        return good;
    }
}
