package dev.attune.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
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
    private static final int WARM_SPAN_SECONDS = 5;
    private static final int WARM_SPANS_MAX = 20;
    static final int FILE_BYTES = 1024;
    private static final int FILES_OUTSTANDING = 64;
    private static final int FAN_OUT_CONNECTIONS = 10;
    private static final long FAN_OUT_OPENING_MILLIS = 3_000;
    private static final long CALL_SECONDS = 20;

    private Load() {}

    /** One call; {@code number} counts over all callers. */
    private interface Call {
        void make(long number) throws InterruptedException, ExecutionException, TimeoutException;
    }

    /** Acknowledged writes a second over a spread of keys. Any failed call fails the measurement. */
    static double writes(Peer peer, int callers, int seconds) throws InterruptedException, ExecutionException {
        double unused = writeRate(peer, callers, Math.max(1, seconds / 2));
        return writeRate(peer, callers, seconds);
    }

    private static double writeRate(Peer peer, int callers, int seconds)
            throws InterruptedException, ExecutionException {
        byte[] value = new byte[WRITE_BYTES];
        Arrays.fill(value, (byte) 'v');
        return rate(callers, seconds, number -> {
            var unused = peer.put("bench/w/" + number % 10_000, value).get(CALL_SECONDS, TimeUnit.SECONDS);
        });
    }

    /** Linearizable reads a second; each must find its value whole. */
    static double reads(Peer peer, int callers, int seconds)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int i = 0; i < READ_KEYS; i++) {
            var unused = peer.put("bench/r/" + i, new byte[READ_BYTES]).get(CALL_SECONDS, TimeUnit.SECONDS);
        }
        Call read = number -> {
            int size = peer.get("bench/r/" + number % READ_KEYS).get(CALL_SECONDS, TimeUnit.SECONDS);
            if (size != READ_BYTES)
                throw new IllegalStateException("read " + size + " bytes (expected: " + READ_BYTES + ")");
        };
        double unused = rate(callers, Math.max(1, seconds / 2), read);
        return rate(callers, seconds, read);
    }

    /**
     * Brings a cluster that has just started to its working speed, outside of what is measured: compilers, caches,
     * preallocated files. Ends when a span is not a tenth faster than the fastest before, twice in a row.
     *
     * @return writes a second of the last span
     */
    static double warm(Peer peer, int callers) throws InterruptedException, ExecutionException {
        double best = 0;
        double last = 0;
        int flat = 0;
        for (int span = 0; span < WARM_SPANS_MAX && flat < 2; span++) {
            last = writeRate(peer, callers, WARM_SPAN_SECONDS);
            flat = last < best * 1.1 ? flat + 1 : 0;
            best = Math.max(best, last);
        }
        return last;
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

    /** Milliseconds from just before a write is sent to the callback of the last of many watchers, one at a time. */
    static List<Double> fanOut(Cluster cluster, int watchers, int seconds)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        String key = "bench/fan-out-" + watchers;
        AtomicReference<CountDownLatch> waiting = new AtomicReference<>(new CountDownLatch(0));
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < FAN_OUT_CONNECTIONS; i++) peers.add(cluster.connect());
        Peer writer = cluster.peer();
        var unused = writer.put(key, new byte[Long.BYTES]).get(CALL_SECONDS, TimeUnit.SECONDS);
        for (int i = 0; i < watchers; i++)
            peers.get(i % peers.size())
                    .watch(
                            key,
                            value -> Objects.requireNonNull(waiting.get()).countDown(),
                            error -> failure.compareAndSet(null, error));
        // Opening takes a round trip whose end neither client tells.
        Thread.sleep(FAN_OUT_OPENING_MILLIS);
        List<Double> millis = new ArrayList<>();
        long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(1, seconds / 2));
        long until = warm + TimeUnit.SECONDS.toNanos(seconds);
        for (long number = 1; System.nanoTime() < until; number++) {
            CountDownLatch all = new CountDownLatch(watchers);
            waiting.set(all);
            long sent = System.nanoTime();
            unused = writer.put(
                            key, ByteBuffer.allocate(Long.BYTES).putLong(number).array())
                    .get(CALL_SECONDS, TimeUnit.SECONDS);
            if (!all.await(CALL_SECONDS, TimeUnit.SECONDS))
                throw new TimeoutException(all.getCount() + " of " + watchers + " watchers did not see change " + number
                        + ", " + failure.get());
            if (sent >= warm) millis.add((System.nanoTime() - sent) / 1e6);
            Thread.sleep(1);
        }
        for (Peer peer : peers) peer.close();
        return millis;
    }

    /** Seconds that the writing of new files takes. */
    static double files(Peer peer, int count) throws InterruptedException, ExecutionException, TimeoutException {
        byte[] text = new byte[FILE_BYTES];
        Arrays.fill(text, (byte) 'f');
        Semaphore outstanding = new Semaphore(FILES_OUTSTANDING);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long begun = System.nanoTime();
        for (int i = 0; i < count && failure.get() == null; i++) {
            if (!outstanding.tryAcquire(CALL_SECONDS, TimeUnit.SECONDS))
                throw new TimeoutException("file " + i + ": no answer within " + CALL_SECONDS + " s");
            var unused = peer.putFile(i, text).whenComplete((answer, failed) -> {
                if (failed != null) failure.compareAndSet(null, failed);
                outstanding.release();
            });
        }
        if (!outstanding.tryAcquire(FILES_OUTSTANDING, CALL_SECONDS, TimeUnit.SECONDS))
            throw new TimeoutException("the last files: no answer within " + CALL_SECONDS + " s");
        Throwable failed = failure.get();
        if (failed != null) throw new ExecutionException(failed);
        return (System.nanoTime() - begun) / 1e9;
    }
}
