package dev.attune.server.node;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Bounds what is under way at once, in count and bytes; more is refused before anything is done, so that the caller
 * may repeat it (G12).
 */
final class Admission {
    private final int countMax;
    private final long bytesMax;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    Admission(int countMax, long bytesMax) {
        this.countMax = countMax;
        this.bytesMax = bytesMax;
    }

    <T> CompletableFuture<T> run(int size, Supplier<CompletableFuture<T>> work) {
        int running = count.incrementAndGet();
        long held = bytes.addAndGet(size);
        if (running > countMax || held > bytesMax) {
            release(size);
            refused.incrementAndGet();
            return CompletableFuture.failedFuture(
                    new AttuneException(ErrorCode.OVERLOADED, "Too many writes are under way at this node."));
        }
        CompletableFuture<T> done;
        try {
            done = work.get();
        } catch (RuntimeException e) {
            release(size);
            throw e;
        }
        return done.whenComplete((result, failure) -> release(size));
    }

    int count() {
        return count.get();
    }

    long refused() {
        return refused.get();
    }

    private void release(int size) {
        count.decrementAndGet();
        bytes.addAndGet(-size);
    }
}
