package dev.attune.client.session;

import dev.attune.model.ErrorCode;
import dev.attune.model.session.ClientFrame;
import dev.attune.model.session.ClientFrameCodec;
import dev.attune.model.session.ServerFrame;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One question to the centre and the future of its answer. A call lives in {@link Session} until it is answered or its
 * deadline passes; meanwhile it may be sent several times, always as the same bytes.
 */
public abstract class Call<T> extends CompletableFuture<T> {
    final boolean mutation;
    final long timeoutNanos;

    long deadlineNanos;
    long id;
    byte[] bytes = new byte[0];
    volatile @Nullable Link sentOn;
    volatile long retryAtNanos;
    volatile boolean waitsForRetry;
    volatile boolean maybeDone;
    int attempts;

    /**
     * @param mutation whether an attempt without an answer leaves the outcome open
     * @param timeoutNanos how long the caller waits
     */
    protected Call(boolean mutation, long timeoutNanos) {
        if (timeoutNanos < 1) throw new IllegalArgumentException("timeoutNanos: " + timeoutNanos + " (expected: >= 1)");
        this.mutation = mutation;
        this.timeoutNanos = timeoutNanos;
    }

    /** The question under this id. */
    protected abstract ClientFrame frame(long callId);

    /** Completes the future; called once. */
    protected abstract void answered(ServerFrame.Result result);

    /** Completes the future; called once. Only for calls that are answered with a release. */
    protected void released(ServerFrame.Released release) {
        failed(ErrorCode.INTERNAL, "answered with a release");
    }

    /**
     * Completes the future; called once instead of {@link #answered}.
     *
     * @param code {@code OUTCOME_UNKNOWN} when the mutation may have been carried out
     */
    protected abstract void failed(ErrorCode code, String message);

    /** Whether an earlier attempt may have been carried out. */
    protected final boolean wasRepeated() {
        return maybeDone;
    }

    final void prepare(long callId, long nowNanos) {
        id = callId;
        deadlineNanos = nowNanos + timeoutNanos;
        bytes = ClientFrameCodec.encode(frame(callId));
    }
}
