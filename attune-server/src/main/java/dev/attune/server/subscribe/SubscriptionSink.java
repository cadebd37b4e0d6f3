package dev.attune.server.subscribe;

/**
 * Where one subscription's messages go. Called by one server thread at a time, in order; must not block. An offer may
 * come after {@code close} was called, from a thread that had already begun it.
 */
@FunctionalInterface
public interface SubscriptionSink {
    /** Takes the message, or returns false without taking it when there is no room. */
    boolean offer(SubscriptionMessage message);
}
