package dev.attune.server.rollouts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Who waits for a rollout to be moved. One thread. */
final class Waiting {
    private final Map<RolloutId, List<CompletableFuture<Void>>> waiters = new TreeMap<>();

    void add(RolloutId id, CompletableFuture<Void> waiter) {
        if (!waiter.isDone())
            waiters.computeIfAbsent(id, none -> new ArrayList<>()).add(waiter);
    }

    void remove(RolloutId id, CompletableFuture<Void> waiter) {
        List<CompletableFuture<Void>> all = waiters.get(id);
        if (all != null && all.removeIf(each -> each == waiter) && all.isEmpty()) waiters.remove(id);
    }

    /** The rollout's record was moved. */
    void moved(RolloutId id) {
        List<CompletableFuture<Void>> all = waiters.remove(id);
        if (all != null) all.forEach(each -> each.complete(null));
    }

    /** Any may have been moved. */
    void movedAll() {
        List.copyOf(waiters.keySet()).forEach(this::moved);
    }
}
