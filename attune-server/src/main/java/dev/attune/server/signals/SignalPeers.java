package dev.attune.server.signals;

import dev.attune.consensus.MemberId;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.transport.PeerTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What members ask of the leader about signals: to take some, or to answer a question. Nothing is forwarded twice. */
final class SignalPeers {
    private static final int SERVICE = 33;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int TAKE = 1;
    private static final int ASK = 2;

    private final PeerTransport transport;

    SignalPeers(PeerTransport transport) {
        this.transport = transport;
    }

    /** Who answers the calls of others. */
    interface Answers {
        CompletableFuture<Taken> take(List<SignalBatch> batches, long bytes);

        CompletableFuture<Bytes> ask(Bytes question);
    }

    void serve(Answers answers) {
        transport.serve(SERVICE, (from, message) -> {
            try {
                return answer(answers, message);
            } catch (RuntimeException e) {
                // The request boundary: a refused or malformed call fails alone.
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private static CompletableFuture<byte[]> answer(Answers answers, byte[] message) {
        Decoder in = new Decoder(message);
        int kind = in.byteValue();
        return switch (kind) {
            case TAKE -> answers.take(SignalBatch.decode(in), message.length).thenApply(Taken::encode);
            case ASK -> answers.ask(Bytes.wrap(in.rest())).thenApply(Bytes::unsafeArray);
            default ->
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "call kind: " + kind + " (expected: 1..2)");
        };
    }

    CompletableFuture<Taken> take(MemberId leader, byte[] batches) {
        return call(leader, TAKE, batches).thenApply(Taken::decode);
    }

    CompletableFuture<Bytes> ask(MemberId leader, Bytes question) {
        return call(leader, ASK, question.unsafeArray()).thenApply(Bytes::wrap);
    }

    private CompletableFuture<byte[]> call(MemberId leader, int kind, byte[] body) {
        byte[] request = new Encoder(body.length + 1)
                .byteValue(kind)
                .raw(body, 0, body.length)
                .toArray();
        return transport.call(leader, SERVICE, request, TIMEOUT);
    }
}
