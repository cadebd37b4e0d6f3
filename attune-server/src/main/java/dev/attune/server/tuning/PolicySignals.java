package dev.attune.server.tuning;

import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What was measured, as policies ask for it. Called on the leader, from any thread; never blocks. A failure of an answer
 * leaves the tick out, and the next one asks again.
 */
public interface PolicySignals {
    /** Has what these selectors mean kept for an application; replaces what its policies wanted before. */
    void want(String environment, String application, List<Selector> selectors);

    /**
     * Since when this node has kept signals without interruption, in milliseconds of the epoch; the greatest long while it
     * keeps none. What lies before is incomplete.
     */
    long sinceMillis();

    /** Asks an application's signals; the question must be quick. */
    <T> CompletableFuture<T> ask(String environment, String application, Question<T> question);

    /** A question about an application's signals. */
    @FunctionalInterface
    interface Question<T> {
        /**
         * Answers.
         *
         * @param store valid until this returns
         * @param fleet the instances that are connected
         */
        T answer(SignalStore store, Fleet fleet);
    }
}
