package dev.attune.server.node;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** Reads that wait until this member has a revision. */
final class RevisionWaiters {
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
    private long reached;

    /** Completes, on an engine thread, once {@code revision} is reached; the caller bounds the time. */
    CompletableFuture<Void> await(long revision) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (waiters) {
            if (revision <= reached) {
                done.complete(null);
            } else {
                Waiter waiter = new Waiter(revision, done);
                waiters.add(waiter);
                done.whenComplete((v, failure) -> forget(waiter, failure));
            }
        }
        return done;
    }

    void reached(long revision) {
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        synchronized (waiters) {
            reached = Math.max(reached, revision);
            while (!waiters.isEmpty() && waiters.peek().revision <= reached) ready.add(waiters.remove().done);
        }
        ready.forEach(each -> each.complete(null));
    }

    private void forget(Waiter waiter, @org.jspecify.annotations.Nullable Throwable failure) {
        if (failure == null) return;
        synchronized (waiters) {
            waiters.remove(waiter);
        }
    }

    private record Waiter(long revision, CompletableFuture<Void> done) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            return Long.compare(revision, other.revision);
        }
    }
}
