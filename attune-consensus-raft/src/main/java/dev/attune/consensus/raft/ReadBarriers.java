package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.util.BytesUtil;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Read barriers that share quorum rounds: while one round is under way all that come wait for the next, so that any
 * number of readers costs one round at a time. A barrier never joins a round that began before it did (G3).
 */
final class ReadBarriers {
    private final Node node;
    private final Duration timeout;
    // Guarded by this.
    private @Nullable CompletableFuture<Long> waiting;
    private boolean roundRunning;

    ReadBarriers(Node node, Duration timeout) {
        this.node = node;
        this.timeout = timeout;
    }

    CompletableFuture<Long> barrier() {
        CompletableFuture<Long> round;
        synchronized (this) {
            if (waiting == null) waiting = new CompletableFuture<>();
            round = waiting;
            if (roundRunning) return round.copy();
            waiting = null;
            roundRunning = true;
        }
        CompletableFuture<Long> answer = round.copy();
        begin(round);
        return answer;
    }

    private void begin(CompletableFuture<Long> round) {
        CompletableFuture<Long> reached = new CompletableFuture<>();
        reached.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((index, failure) -> end(round, index, failure));
        try {
            node.readIndex(BytesUtil.EMPTY_BYTES, new Round(reached));
        } catch (RuntimeException e) {
            // The library refuses while it shuts down.
            reached.completeExceptionally(e);
        }
    }

    private void end(CompletableFuture<Long> round, @Nullable Long index, @Nullable Throwable failure) {
        CompletableFuture<Long> next;
        synchronized (this) {
            next = waiting;
            waiting = null;
            roundRunning = next != null;
        }
        if (next != null) begin(next);
        if (index != null) round.complete(index);
        else
            round.completeExceptionally(new AttuneException(
                    ErrorCode.UNAVAILABLE,
                    "no quorum confirmed the read in time"
                            + (failure == null || failure.getMessage() == null ? "" : ": " + failure.getMessage())));
    }

    /** Ends when this member has applied what the quorum had committed. */
    private static final class Round extends ReadIndexClosure {
        private final CompletableFuture<Long> reached;

        Round(CompletableFuture<Long> reached) {
            // The library's own timer is not needed: the future has one.
            super(-1);
            this.reached = reached;
        }

        @Override
        public void run(Status status, long index, byte[] context) {
            if (status.isOk()) reached.complete(index);
            else
                reached.completeExceptionally(
                        new AttuneException(ErrorCode.UNAVAILABLE, String.valueOf(status.getErrorMsg())));
        }
    }
}
