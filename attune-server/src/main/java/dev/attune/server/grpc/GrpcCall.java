package dev.attune.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.RequestId;
import dev.attune.model.session.SessionProtocol;
import dev.attune.server.auth.Principal;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.RequestIdHeader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call: what it may send back, and how it ends. Callable from any thread; sends of one thread keep their order. */
final class GrpcCall {
    /** While more than this waits for the client, {@link #hasRoom} says no. */
    static final long WAITING_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(GrpcCall.class);
    private static final int PREFIX_LENGTH = 5;

    private final HttpServerRequest raw;
    private final Principal principal;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Runnable onRoom = () -> {};

    GrpcCall(HttpServerRequest raw, Principal principal) {
        this.raw = raw;
        this.principal = principal;
    }

    Principal principal() {
        return principal;
    }

    /** The id under which a repeat of this call has no second effect; null without one. */
    @Nullable RequestId requestId() {
        return RequestIdHeader.parse(raw.getHeader(RequestIdHeader.NAME));
    }

    /** Sends one message; after the end it is dropped. */
    void send(MessageLite message) {
        if (over.get()) return;
        int size = message.getSerializedSize();
        if (size > SessionProtocol.SERVER_MESSAGE_BYTES_MAX) {
            fail(new AttuneException(ErrorCode.TOO_LARGE, "answer: " + size + " bytes; read it in parts with a limit"));
            return;
        }
        byte[] framed = new byte[PREFIX_LENGTH + size];
        for (int i = 0; i < 4; i++) framed[1 + i] = (byte) (size >>> (24 - 8 * i));
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(framed, PREFIX_LENGTH, size);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        waiting.addAndGet(framed.length);
        raw.response().write(Buffer.buffer(framed)).onComplete(done -> {
            long left = waiting.addAndGet(-framed.length);
            if (left < WAITING_BYTES_MAX / 2) onRoom.run();
        });
    }

    /** Whether a stream may send more. */
    boolean hasRoom() {
        return waiting.get() < WAITING_BYTES_MAX;
    }

    /** Sets who is told whenever little is left to send. */
    void onRoom(Runnable listener) {
        onRoom = listener;
    }

    /** Ends the call well. Idempotent, as every end. */
    void finish() {
        end(GrpcStatus.ok());
    }

    /** Ends the call with what went wrong. */
    void fail(Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        if (!(cause instanceof AttuneException known) || known.code() == ErrorCode.INTERNAL)
            LOG.error("event=grpc-call-failed path={}", raw.path(), cause);
        end(GrpcStatus.of(cause));
    }

    /** The client is gone, or has cancelled. */
    void abandoned() {
        over.set(true);
    }

    boolean isOver() {
        return over.get();
    }

    private void end(Map<String, String> trailers) {
        if (over.compareAndSet(false, true)) end(raw, trailers);
    }

    /** Ends a request, with trailers alone when nothing was sent before. */
    static void end(HttpServerRequest raw, Map<String, String> trailers) {
        HttpServerResponse response = raw.response();
        if (response.ended() || response.closed()) return;
        if (response.headWritten()) {
            trailers.forEach(response::putTrailer);
        } else {
            open(response);
            trailers.forEach(response::putHeader);
        }
        response.end().onComplete(done -> {
            // Whatever the client would still send is not read.
            if (!raw.isEnded()) response.reset(0).onFailure(gone -> {});
        });
    }

    static void open(HttpServerResponse response) {
        response.setStatusCode(200).putHeader("content-type", "application/grpc");
        response.putHeader("grpc-accept-encoding", "identity");
    }
}
