package dev.attune.server.rollouts;

import dev.attune.rollout.plan.Strategy;
import dev.attune.server.files.FileBatch;
import java.util.List;

/**
 * A rollout as it is asked for.
 *
 * @param items what becomes of each file
 * @param webhook where its end is told; empty for nowhere
 * @param lostAfterMillis how long an instance may be without connection before it counts as lost
 * @param taken what to do when another rollout moves one of the files
 * @param guards the text of the guards by which its stages are judged; empty for none
 */
public record RolloutRequest(
        List<FileBatch.Item> items,
        Strategy strategy,
        String message,
        String webhook,
        long lostAfterMillis,
        Taken taken,
        String guards) {
    /** Without guards. */
    public RolloutRequest(
            List<FileBatch.Item> items,
            Strategy strategy,
            String message,
            String webhook,
            long lostAfterMillis,
            Taken taken) {
        this(items, strategy, message, webhook, lostAfterMillis, taken, "");
    }

    /** What to do when another rollout moves one of the files. */
    public enum Taken {
        /** Fail. */
        REFUSE,
        /** Wait for its end. */
        QUEUE,
        /** Abort it, then begin. */
        OVERRIDE
    }

    public RolloutRequest {
        items = List.copyOf(items);
    }

    /** The same for these items. */
    RolloutRequest with(List<FileBatch.Item> all) {
        return new RolloutRequest(all, strategy, message, webhook, lostAfterMillis, taken, guards);
    }
}
