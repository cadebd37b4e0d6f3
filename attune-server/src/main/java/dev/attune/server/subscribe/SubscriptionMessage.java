package dev.attune.server.subscribe;

import dev.attune.model.ErrorCode;

/** What a subscriber is told, in order. */
public sealed interface SubscriptionMessage permits SharedUpdate, SubscriptionMessage.Ended {

    /** The subscription is over and delivers nothing more; subscribing again may help if the code says so. */
    record Ended(ErrorCode code, String message) implements SubscriptionMessage {}
}
