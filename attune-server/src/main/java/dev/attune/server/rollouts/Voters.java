package dev.attune.server.rollouts;

import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Answer;
import dev.attune.server.subscribe.Subscriptions;

/** Where connections note the subscriptions that take part in rollouts. Callable from any thread; never blocks. */
@FunctionalInterface
public interface Voters {
    /** Asks nobody anything. */
    Voters NONE = (spec, subscription) -> new Seat() {
        @Override
        public void answered(Answer answer) {}

        @Override
        public void left() {}
    };

    /** An instance has subscribed; what it is asked goes out on {@code subscription}. */
    Seat joined(InstanceSpec spec, Subscriptions.Subscription subscription);

    /** A subscription that takes part. */
    interface Seat {
        /** It answered a directive. */
        void answered(Answer answer);

        /** It ended. */
        void left();
    }
}
