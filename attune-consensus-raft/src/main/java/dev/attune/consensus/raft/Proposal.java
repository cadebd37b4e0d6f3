package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.util.concurrent.CompletableFuture;

/** One proposed command on its way. The library runs it only when it failed; success is told after apply. */
final class Proposal implements Closure {
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();

    CompletableFuture<byte[]> result() {
        return result;
    }

    void applied(byte[] answer) {
        result.complete(answer);
    }

    @Override
    public void run(Status status) {
        if (status.isOk()) {
            result.completeExceptionally(
                    new AttuneException(ErrorCode.OUTCOME_UNKNOWN, "the command was applied without a result"));
            return;
        }
        result.completeExceptionally(new AttuneException(code(status), "proposal: " + status.getErrorMsg()));
    }

    /**
     * What became of a proposal. Only the refusals that the library gives before it appends anything are certain; all
     * others may have reached the log, and from there other members.
     */
    private static ErrorCode code(Status status) {
        String message = String.valueOf(status.getErrorMsg());
        RaftError error = status.getRaftError();
        if (error == RaftError.EPERM && message.equals("Is not leader.")) return ErrorCode.NOT_LEADER;
        if (error == RaftError.EBUSY && message.equals("Is transferring leadership.")) return ErrorCode.NOT_LEADER;
        if (error == RaftError.EBUSY) return ErrorCode.OVERLOADED;
        if (error == RaftError.ENODESHUTDOWN) return ErrorCode.UNAVAILABLE;
        return ErrorCode.OUTCOME_UNKNOWN;
    }
}
