package dev.attune.server.rollouts;

import dev.attune.config.release.Bound;
import dev.attune.rollout.plan.Strategy;
import dev.attune.server.files.FileBatch;
import dev.attune.server.policies.PolicyRollout;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * A rollout as it is asked for.
 *
 * @param choice whether a rollout policy says how, instead of {@code strategy} and {@code guards}
 * @param webhook where its end is told; empty for nowhere
 * @param lostAfterMillis how long an instance may be without connection before it counts as lost
 * @param taken what to do when another rollout moves one of the files
 * @param guards the text of the guards by which its stages are judged; empty for none
 */
public record RolloutRequest(
        Choice choice,
        Strategy strategy,
        String message,
        String webhook,
        long lostAfterMillis,
        Taken taken,
        String guards) {
    /** By this strategy and these guards. */
    public RolloutRequest(
            Strategy strategy, String message, String webhook, long lostAfterMillis, Taken taken, String guards) {
        this(Choice.GIVEN, strategy, message, webhook, lostAfterMillis, taken, guards);
    }

    /** Who says how the change is brought. */
    public enum Choice {
        /** The request. */
        GIVEN,
        /** The rollout policy that the changed keys go by, else the request. */
        POLICY_OR_GIVEN,
        /** The rollout policy; fails where there is none. */
        POLICY
    }

    /** The same by what a rollout policy says. */
    RolloutRequest by(PolicyRollout policy) {
        return new RolloutRequest(policy.strategy(), message, webhook, lostAfterMillis, taken, policy.guards());
    }

    /** The same by what the request says. */
    RolloutRequest asGiven() {
        return new RolloutRequest(strategy, message, webhook, lostAfterMillis, taken, guards);
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

    /** What a rollout is to bring. Asked again for each attempt, for something may have changed meanwhile. */
    @FunctionalInterface
    public interface Source {
        CompletableFuture<Load> load();

        /** Files that somebody releases without a change. */
        static Source of(List<FileBatch.Item> items) {
            Load load = new Load(items, "", number -> Bound.NOTHING);
            return () -> CompletableFuture.completedFuture(load);
        }
    }

    /**
     * What a rollout brings.
     *
     * @param items what becomes of each file
     * @param change id of the change whose edits they are, which was approved; empty for none
     * @param besides what must hold, and what else is written, when the rollout of a number begins
     */
    public record Load(List<FileBatch.Item> items, String change, LongFunction<Bound> besides) {
        public Load {
            items = List.copyOf(items);
        }
    }
}
