package dev.attune.transport;

import dev.attune.consensus.MemberId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How one member reaches the others; shared by both engines and by request forwarding.
 *
 * <p>Every method may be called from any thread and returns at once. Messages of one service to one member leave in
 * the order of the calls.
 */
public interface PeerTransport extends AutoCloseable {
    /**
     * Sends a request and completes with the response. Fails with {@code UNAVAILABLE} when it certainly was not
     * delivered, with {@code OUTCOME_UNKNOWN} when the connection broke or {@code timeout} passed after it had left,
     * and with the handler's own {@link dev.attune.model.AttuneException} when that refused.
     */
    CompletableFuture<byte[]> call(MemberId to, int service, byte[] request, Duration timeout);

    /** Sends without an answer; dropped when the member cannot be reached or its queue is full. */
    void send(MemberId to, int service, byte[] message);

    /** Sets who answers requests and takes messages of {@code service}; once for each, before traffic is expected. */
    void serve(int service, Handler handler);

    /** Is told when an established connection to a member closes: a hint that its process died. */
    void onDisconnect(java.util.function.Consumer<MemberId> listener);

    @Override
    void close();

    /** Answers one service. Called on a transport thread: must not block. */
    @FunctionalInterface
    interface Handler {
        /** The answer to a request; for a one-way message the result is ignored. */
        CompletableFuture<byte[]> handle(MemberId from, byte[] message);
    }
}
