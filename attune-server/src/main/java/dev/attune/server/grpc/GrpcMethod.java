package dev.attune.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One method of a service. It cannot be made without a permission.
 *
 * @param path {@code /package.Service/Method}
 * @param streams whether the client may send any number of messages for as long as it likes
 * @param start called on the connection's loop once the caller is authorised
 */
record GrpcMethod(String path, Permission permission, boolean streams, Function<GrpcCall, Inbound> start) {
    /** What the client sends; called on the connection's loop, so it must not block. A failure ends the call. */
    interface Inbound {
        void message(byte[] bytes);

        /** The client sends nothing more. */
        void complete();

        /** The call is over, for whatever reason; called once and last. */
        default void over() {}
    }

    /** A method with one question and one answer. */
    static <Q, R extends MessageLite> GrpcMethod unary(
            String path,
            Permission permission,
            Parser<Q> parser,
            BiFunction<GrpcCall, Q, CompletableFuture<R>> handler) {
        return new GrpcMethod(path, permission, false, call -> new Unary<>(call, parser, handler));
    }

    /** The message in these bytes; fails with {@code INVALID_ARGUMENT}. */
    static <Q> Q parse(Parser<Q> parser, byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "message: malformed", e);
        }
    }

    private static final class Unary<Q, R extends MessageLite> implements Inbound {
        private final GrpcCall call;
        private final Parser<Q> parser;
        private final BiFunction<GrpcCall, Q, CompletableFuture<R>> handler;
        private byte[] question = new byte[0];
        private int received;

        Unary(GrpcCall call, Parser<Q> parser, BiFunction<GrpcCall, Q, CompletableFuture<R>> handler) {
            this.call = call;
            this.parser = parser;
            this.handler = handler;
        }

        @Override
        public void message(byte[] bytes) {
            if (received++ > 0)
                throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "messages: several (expected: 1)");
            question = bytes;
        }

        @Override
        public void complete() {
            if (received == 0) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "messages: 0 (expected: 1)");
            handler.apply(call, parse(parser, question)).whenComplete((answer, failure) -> {
                if (failure != null) {
                    call.fail(failure);
                    return;
                }
                call.send(answer);
                call.finish();
            });
        }
    }
}
