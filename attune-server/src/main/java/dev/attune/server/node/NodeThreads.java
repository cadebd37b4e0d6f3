package dev.attune.server.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of one node besides those of the engine, the transport and the listener. */
final class NodeThreads implements AutoCloseable {
    private final ScheduledExecutorService timer;
    private final ExecutorService readers;

    NodeThreads(String node) {
        timer = Executors.newSingleThreadScheduledExecutor(factory("attune-timer-" + node));
        int count = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);
        readers = Executors.newFixedThreadPool(count, factory("attune-read-" + node));
    }

    /** Short periodic work; must not block. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Reads of the state that waited for something. */
    ExecutorService readers() {
        return readers;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        readers.shutdown();
    }

    private static ThreadFactory factory(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
