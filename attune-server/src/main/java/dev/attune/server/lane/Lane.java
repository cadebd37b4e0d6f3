package dev.attune.server.lane;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs tasks one at a time and in order on borrowed threads. */
public final class Lane implements Executor {
    // After so many tasks the thread is given back, so that one busy lane does not starve the others.
    private static final int TURN = 64;

    private final Executor workers;
    private final Consumer<RuntimeException> onFailure;
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param onFailure told, on the lane, what a task threw; the lane goes on
     */
    public Lane(Executor workers, Consumer<RuntimeException> onFailure) {
        this.workers = workers;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        queue.add(task);
        if (waiting.getAndIncrement() == 0) workers.execute(this::turn);
    }

    private void turn() {
        for (int i = 0; i < TURN; i++) {
            Runnable task = queue.poll();
            if (task != null) run(task);
            if (waiting.decrementAndGet() == 0) return;
        }
        workers.execute(this::turn);
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // The boundary of the lane: what one task breaks must not stop those behind it.
            onFailure.accept(e);
        }
    }
}
