package dev.attune.server.subscribe;

import dev.attune.model.ErrorCode;
import dev.attune.model.rollout.Directive;
import org.jspecify.annotations.Nullable;

/** What a subscriber is told, in order. */
public sealed interface SubscriptionMessage
        permits SharedUpdate, SubscriptionMessage.Directed, SubscriptionMessage.Ended {

    /**
     * A rollout asks something; every update up to the directive's revision came before.
     *
     * @param update for {@code PREPARE} the one that would come; else null
     */
    record Directed(Directive directive, @Nullable SharedUpdate update) implements SubscriptionMessage {}

    /** The subscription is over and delivers nothing more; subscribing again may help if the code says so. */
    record Ended(ErrorCode code, String message) implements SubscriptionMessage {}
}
