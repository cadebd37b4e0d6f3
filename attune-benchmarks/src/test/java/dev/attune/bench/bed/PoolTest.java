package dev.attune.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PoolTest {
    @Test
    void aFullQueue_turnsAway_andARaisedBoundTakesMore() {
        CountDownLatch end = new CountDownLatch(1);
        try (Pool pool = new Pool(1, 1)) {
            pool.execute(() -> await(end));
            pool.execute(() -> await(end));
            assertThatThrownBy(() -> pool.execute(() -> await(end))).isInstanceOf(RejectedExecutionException.class);

            pool.bound(2);
            pool.execute(() -> await(end));
            assertThat(pool.queued()).isEqualTo(2);

            pool.bound(1);
            assertThat(pool.queued()).as("what waits stays").isEqualTo(2);
            assertThatThrownBy(() -> pool.execute(() -> await(end))).isInstanceOf(RejectedExecutionException.class);
        } finally {
            end.countDown();
        }
    }

    @Test
    void aGrownPool_takesUpWhatWaits() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        try (Pool pool = new Pool(1, 8)) {
            for (int i = 0; i < 3; i++)
                pool.execute(() -> {
                    begun.countDown();
                    await(end);
                });
            pool.resize(3);
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

            pool.resize(2);
            assertThat(pool.size()).isEqualTo(2);
        } finally {
            end.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
