package dev.attune.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    @DisplayName("S6: delays are spread evenly from 0 to a bound that doubles up to the cap")
    void manyAttempts_delaysFillTheirWindow() {
        Backoff backoff = new Backoff(50, 5_000);
        Random random = new Random(42);
        for (int attempt : new int[] {0, 1, 5, 7, 30, 1000}) {
            long bound = attempt > 6 ? 5_000 : 50L << attempt;
            long sum = 0;
            for (int i = 0; i < 2_000; i++) {
                long delay = backoff.delayMillis(attempt, random);
                assertThat(delay).isBetween(0L, bound);
                sum += delay;
            }
            assertThat(sum / 2_000.0).isBetween(bound * 0.45, bound * 0.55);
        }
    }
}
