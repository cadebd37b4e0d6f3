package dev.attune.server.subscribe;

import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Directive;
import dev.attune.server.auth.Rights;
import java.util.Set;

/**
 * The configuration of applications as it changes. Rights are checked before, by the caller's protocol.
 *
 * <p>Callable from any thread; never blocks.
 */
public interface Subscriptions {
    /**
     * Follows the files of an instance's application. The sink first gets the complete state at one revision, or,
     * when resuming, one update with what changed since (nothing, when nothing did), then an update for each revision
     * that changes a file of this instance. Revisions never go backwards (S1): when this node is behind
     * {@code resumeAfterRevision}, nothing is sent until it has caught up.
     *
     * @param files names of interest; empty for every file of the application
     * @param resumeAfterRevision the last revision the client put in force; 0 to start with the complete state
     */
    Subscription subscribe(InstanceSpec spec, Set<String> files, long resumeAfterRevision, SubscriptionSink sink);

    /** The same for a holder of these rights, who is shown the secret values that they may read. */
    default Subscription subscribe(
            InstanceSpec spec, Set<String> files, Rights rights, long resumeAfterRevision, SubscriptionSink sink) {
        return subscribe(spec, files, resumeAfterRevision, sink);
    }

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /**
         * Says that the sink has room again after it refused. What it missed is then sent as one complete state, as
         * S2 allows.
         */
        void resume();

        /**
         * Sends what a rollout asks, behind every update up to the directive's revision; of several of one rollout that
         * wait, the one of the latest step. Only for subscribers that understand directives.
         */
        void direct(Directive directive);

        @Override
        void close();
    }
}
