package dev.attune.server.node;

import dev.attune.consensus.ReplicatedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Read barriers shared by everyone who waits: at most one is under way, and whoever comes meanwhile shares the next,
 * because only a barrier that starts after a read began covers it (G2, G3). The batch is whatever arrived while the
 * last one ran, never a timer.
 */
final class SharedBarrier {
    private final ReplicatedLog log;
    private final Object guard = new Object();
    private @Nullable List<CompletableFuture<Void>> next;
    private boolean running;

    SharedBarrier(ReplicatedLog log) {
        this.log = log;
    }

    /** Completes on an engine thread once a local read is linearizable. */
    CompletableFuture<Void> pass() {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        synchronized (guard) {
            if (next == null) next = new ArrayList<>();
            next.add(waiter);
            if (running) return waiter;
            running = true;
        }
        start();
        return waiter;
    }

    private void start() {
        List<CompletableFuture<Void>> batch;
        synchronized (guard) {
            if (next == null) {
                running = false;
                return;
            }
            batch = next;
            next = null;
        }
        log.readBarrier().whenComplete((index, failure) -> {
            // The next round starts first: it need not wait until this one's readers have read.
            start();
            for (CompletableFuture<Void> waiter : batch) {
                if (failure == null) waiter.complete(null);
                else waiter.completeExceptionally(failure);
            }
        });
    }
}
