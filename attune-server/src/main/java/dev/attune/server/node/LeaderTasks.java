package dev.attune.server.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What only one member does: tasks that run about once a second on whoever leads, each never twice at a time. */
final class LeaderTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderTasks.class);

    private final ScheduledExecutorService timer;
    private final BooleanSupplier leading;

    LeaderTasks(ScheduledExecutorService timer, BooleanSupplier leading) {
        this.timer = timer;
        this.leading = leading;
    }

    void every(long seconds, Supplier<CompletableFuture<Void>> task) {
        AtomicBoolean running = new AtomicBoolean();
        timer.scheduleWithFixedDelay(() -> run(task, running), seconds, seconds, TimeUnit.SECONDS);
    }

    private void run(Supplier<CompletableFuture<Void>> task, AtomicBoolean running) {
        if (!leading.getAsBoolean() || !running.compareAndSet(false, true)) return;
        try {
            task.get().whenComplete((done, failure) -> running.set(false));
        } catch (RuntimeException e) {
            // The next turn tries again; a timer whose task throws would never run again.
            LOG.warn("event=leader-task-failed", e);
            running.set(false);
        }
    }
}
