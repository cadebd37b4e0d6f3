package dev.attune.server.session;

import dev.attune.model.ErrorCode;
import dev.attune.model.rollout.Directive;
import dev.attune.server.subscribe.SubscriptionMessage;
import dev.attune.server.subscribe.Subscriptions;

/** Stand-ins for what a test of sessions does not look at. */
final class SessionFakes {
    static final Subscriptions NO_SUBSCRIPTIONS = (spec, files, after, sink) -> {
        sink.offer(new SubscriptionMessage.Ended(ErrorCode.FAILED_PRECONDITION, "no subscriptions here"));
        return new Subscriptions.Subscription() {
            @Override
            public void resume() {}

            @Override
            public void direct(Directive directive) {}

            @Override
            public void close() {}
        };
    };

    private SessionFakes() {}
}
