package dev.attune.bench.bed;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads behind a bounded queue; both bounds may be changed at any time, from any thread. */
final class Pool implements AutoCloseable {
    private final Bounded waiting;
    private final ThreadPoolExecutor threads;

    Pool(int size, int bound) {
        waiting = new Bounded(bound);
        threads = new ThreadPoolExecutor(size, size, 1, TimeUnit.SECONDS, waiting);
    }

    /** A queue whose bound moves: what waits above a lowered bound stays until it is taken. */
    private static final class Bounded extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial")
        private volatile int bound;

        Bounded(int bound) {
            this.bound = bound;
        }

        @Override
        public boolean offer(Runnable task) {
            return size() < bound && super.offer(task);
        }
    }

    /** @throws java.util.concurrent.RejectedExecutionException when as many wait as may */
    void execute(Runnable task) {
        threads.execute(task);
    }

    synchronized void resize(int size) {
        if (size < threads.getCorePoolSize()) {
            threads.setCorePoolSize(size);
            threads.setMaximumPoolSize(size);
        } else {
            threads.setMaximumPoolSize(size);
            threads.setCorePoolSize(size);
        }
    }

    void bound(int bound) {
        waiting.bound = bound;
    }

    int size() {
        return threads.getCorePoolSize();
    }

    int bound() {
        return waiting.bound;
    }

    int queued() {
        return waiting.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
