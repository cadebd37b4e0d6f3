package dev.attune.consensus.raft;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.transport.PeerTransport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What members say to each other about taking part anew: a byte for the kind, answered by a byte. */
final class RejoinCalls {
    /** What am I? Answered by a {@link RejoinPlan.Part}. */
    static final int ASK = 1;
    /** Take me out: my log is damaged. */
    static final int LEAVE = 2;
    /** Add me as a learner. */
    static final int JOIN = 3;
    /** Give me a vote. */
    static final int VOTE = 4;
    /** To a learner: you are about to become a voter; see to it should I fall. */
    static final int EXPECT_VOTE = 5;
    /** To a learner: forget that, or that you wanted to take part at all. */
    static final int FORGET = 6;
    /** Are you there? */
    static final int PING = 7;

    /** The transport service of these calls. */
    static final int SERVICE = 2;

    static final byte AGAIN = 0;
    static final byte DONE = 1;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final PeerTransport transport;

    RejoinCalls(PeerTransport transport) {
        this.transport = transport;
    }

    /** Answers one call; not on a transport thread's time. */
    @FunctionalInterface
    interface Answers {
        CompletableFuture<Byte> answer(MemberId from, int kind);
    }

    void serve(Answers answers) {
        transport.serve(SERVICE, (from, message) -> {
            if (message.length != 1)
                return CompletableFuture.failedFuture(new AttuneException(
                        ErrorCode.INVALID_ARGUMENT, "rejoin call: " + message.length + " bytes (expected: 1)"));
            return answers.answer(from, message[0]).thenApply(answer -> new byte[] {answer});
        });
    }

    CompletableFuture<Byte> call(MemberId to, int kind) {
        return transport.call(to, SERVICE, new byte[] {(byte) kind}, TIMEOUT).thenApply(answer -> {
            if (answer.length != 1)
                throw new AttuneException(ErrorCode.INTERNAL, "rejoin answer: " + answer.length + " bytes");
            return answer[0];
        });
    }
}
