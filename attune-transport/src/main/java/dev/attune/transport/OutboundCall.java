package dev.attune.transport;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.transport.wire.Frame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One frame on its way to a peer, and the answer that is awaited for it when it is a request. */
final class OutboundCall {
    final Frame frame;
    final int bytes;
    final long id;
    final long deadlineNanos;
    final @Nullable CompletableFuture<byte[]> answer;
    private final AtomicBoolean left = new AtomicBoolean();

    OutboundCall(Frame frame, long id, long deadlineNanos, @Nullable CompletableFuture<byte[]> answer) {
        this.frame = frame;
        this.bytes = frame.getSerializedSize();
        this.id = id;
        this.deadlineNanos = deadlineNanos;
        this.answer = answer;
    }

    /** Claims the frame for sending; false when it was given up before. */
    boolean leave() {
        return left.compareAndSet(false, true);
    }

    /** Ends the call without an answer; what the caller may assume depends on whether the frame had left. */
    void fail(String reason) {
        if (answer == null) {
            left.set(true);
            return;
        }
        boolean certain = left.compareAndSet(false, true);
        answer.completeExceptionally(
                new AttuneException(certain ? ErrorCode.UNAVAILABLE : ErrorCode.OUTCOME_UNKNOWN, reason));
    }
}
