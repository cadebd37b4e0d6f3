package dev.attune.client.signal;

import dev.attune.model.signal.Measurement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something takes, as a distribution in seconds: buckets that grow by 5 % from a microsecond to two hours, so
 * quantiles are right to about 2.5 %. Safe to share between threads; recording takes no lock and allocates nothing.
 */
public final class Timer {
    private static final double LEAST_SECONDS = 1e-6;
    private static final double GROWTH = 1.05;
    private static final double LOG_GROWTH = Math.log(GROWTH);
    private static final int BUCKETS = 470;
    private static final double NANOS = 1e9;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    /** A timer of its own, for a bridge that hands out timers of another library; its owner takes from it. */
    public Timer() {}

    /** One occurrence. */
    public void record(Duration took) {
        record(took.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One occurrence; a negative time counts as none. */
    public void record(long amount, TimeUnit unit) {
        double seconds = unit.toNanos(amount) / NANOS;
        int bucket = seconds <= LEAST_SECONDS ? 0 : (int) (Math.log(seconds / LEAST_SECONDS) / LOG_GROWTH);
        counts.incrementAndGet(Math.min(BUCKETS - 1, bucket));
    }

    /** Records how long {@code work} takes, whether or not it fails. */
    public <T> T record(Callable<T> work) throws Exception {
        long begun = System.nanoTime();
        try {
            return work.call();
        } finally {
            record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    /** What was recorded since the last time this was called. */
    public Measurement.Spread take() {
        double[] values = new double[BUCKETS];
        double[] taken = new double[BUCKETS];
        int used = 0;
        for (int i = 0; i < BUCKETS; i++) {
            long count = counts.get(i) == 0 ? 0 : counts.getAndSet(i, 0);
            if (count == 0) continue;
            values[used] = LEAST_SECONDS * Math.pow(GROWTH, i + 0.5);
            taken[used++] = count;
        }
        return new Measurement.Spread(Arrays.copyOf(values, used), Arrays.copyOf(taken, used), false);
    }
}
