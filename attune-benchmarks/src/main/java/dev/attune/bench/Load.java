package dev.attune.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Closed loops: each caller is a thread that makes its next call when the last was answered. */
final class Load {
    private static final int WRITE_BYTES = 256;
    private static final int READ_BYTES = 1024;
    private static final int READ_KEYS = 64;
    private static final long CALL_SECONDS = 20;

    private Load() {}

    /** One call; {@code number} counts over all callers. */
    private interface Call {
        void make(long number) throws InterruptedException, ExecutionException, TimeoutException;
    }

    /** Acknowledged writes a second over a spread of keys. Any failed call fails the measurement. */
    static double writes(Peer peer, int callers, int seconds) throws InterruptedException, ExecutionException {
        byte[] value = new byte[WRITE_BYTES];
        Arrays.fill(value, (byte) 'v');
        return warmThenRate(callers, seconds, number -> {
            var unused = peer.put("bench/w/" + number % 10_000, value).get(CALL_SECONDS, TimeUnit.SECONDS);
        });
    }

    /** Linearizable reads a second; each must find its value whole. */
    static double reads(Peer peer, int callers, int seconds)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int i = 0; i < READ_KEYS; i++) {
            var unused = peer.put("bench/r/" + i, new byte[READ_BYTES]).get(CALL_SECONDS, TimeUnit.SECONDS);
        }
        return warmThenRate(callers, seconds, number -> {
            int size = peer.get("bench/r/" + number % READ_KEYS).get(CALL_SECONDS, TimeUnit.SECONDS);
            if (size != READ_BYTES)
                throw new IllegalStateException("read " + size + " bytes (expected: " + READ_BYTES + ")");
        });
    }

    /** Runs half as long again beforehand, since a JVM that has just started is no measure. */
    private static double warmThenRate(int callers, int seconds, Call call)
            throws InterruptedException, ExecutionException {
        double unused = rate(callers, Math.max(1, seconds / 2), call);
        return rate(callers, seconds, call);
    }

    private static double rate(int callers, int seconds, Call call) throws InterruptedException, ExecutionException {
        AtomicLong numbers = new AtomicLong();
        AtomicLong done = new AtomicLong();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long begun = System.nanoTime();
        long until = begun + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            while (System.nanoTime() < until && failure.get() == null) {
                                call.make(numbers.getAndIncrement());
                                if (System.nanoTime() <= until) done.incrementAndGet();
                            }
                        } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException e) {
                            failure.compareAndSet(null, e);
                        }
                    },
                    "caller-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) thread.join();
        Throwable failed = failure.get();
        if (failed != null) throw new ExecutionException(failed);
        return done.get() / (double) seconds;
    }

    /** Milliseconds from just before a write is sent by one client to the callback of another, one at a time. */
    static List<Double> propagation(Peer writer, Peer watcher, int seconds)
            throws InterruptedException, ExecutionException, TimeoutException {
        LinkedBlockingQueue<long[]> seen = new LinkedBlockingQueue<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        String key = "bench/watched";
        watcher.watch(
                key,
                value -> seen.add(new long[] {ByteBuffer.wrap(value).getLong(), System.nanoTime()}),
                error -> failure.compareAndSet(null, error));
        // Opening takes a round trip whose end neither client tells.
        Thread.sleep(500);
        List<Double> millis = new ArrayList<>();
        long begun = System.nanoTime();
        long warm = begun + TimeUnit.SECONDS.toNanos(Math.max(1, seconds / 2));
        long until = warm + TimeUnit.SECONDS.toNanos(seconds);
        for (long number = 1; System.nanoTime() < until; number++) {
            long sent = System.nanoTime();
            var unused = writer.put(
                            key, ByteBuffer.allocate(Long.BYTES).putLong(number).array())
                    .get(CALL_SECONDS, TimeUnit.SECONDS);
            long[] event = seen.poll(CALL_SECONDS, TimeUnit.SECONDS);
            Throwable failed = failure.get();
            if (failed != null) throw new ExecutionException("the watch ended", failed);
            if (event == null)
                throw new TimeoutException("change " + number + " was not seen within " + CALL_SECONDS + " s");
            if (event[0] != number)
                throw new IllegalStateException("saw change " + event[0] + " (expected: " + number + ")");
            if (sent >= warm) millis.add((event[1] - sent) / 1e6);
            Thread.sleep(1);
        }
        return millis;
    }
}
