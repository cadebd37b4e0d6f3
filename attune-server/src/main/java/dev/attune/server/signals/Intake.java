package dev.attune.server.signals;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Takes signals on whichever node, for the one that decides. Callable from any thread; never blocks. */
@FunctionalInterface
public interface Intake {
    /** Forgets everything. */
    Intake NONE = (batches, bytes) -> CompletableFuture.completedFuture(Taken.NOTHING);

    /**
     * Takes batches whose senders were authorised. Fails with {@code OVERLOADED} when too much is under way already, and
     * with {@code UNAVAILABLE} when nobody leads.
     *
     * @param bytes about how much memory they hold until this completes
     */
    CompletableFuture<Taken> take(List<SignalBatch> batches, long bytes);
}
