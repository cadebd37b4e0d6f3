package dev.attune.server.grpc;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.auth.Principal;
import dev.attune.server.http.GuestProtocol;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.http.Route;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** gRPC on the API's port: HTTP/2 requests whose content type says so. */
public final class GrpcEndpoint implements GuestProtocol {
    private static final String CONTENT_TYPE = "application/grpc";
    private static final long QUESTION_MILLIS_MAX = 30_000;

    /** Well below the connection's idle time-out, so that a quiet stream is not cut. */
    private static final long PING_MILLIS = 20_000;

    private final Vertx vertx;
    private final Authorizer authorizer;
    private final LiveStreams streams;
    private final Map<String, GrpcMethod> methods = new HashMap<>();

    public GrpcEndpoint(Vertx vertx, Authorizer authorizer, LiveStreams streams, KvService service) {
        this(vertx, authorizer, streams, service.methods());
    }

    GrpcEndpoint(Vertx vertx, Authorizer authorizer, LiveStreams streams, Collection<GrpcMethod> methods) {
        this.vertx = vertx;
        this.authorizer = authorizer;
        this.streams = streams;
        for (GrpcMethod each : methods)
            if (this.methods.putIfAbsent(each.path(), each) != null)
                throw new IllegalArgumentException("method: " + each.path() + " twice");
    }

    @Override
    public boolean takes(@Nullable String contentType) {
        return contentType != null && (contentType.equals(CONTENT_TYPE) || contentType.equals(CONTENT_TYPE + "+proto"));
    }

    @Override
    public Set<String> calls() {
        return Set.copyOf(methods.keySet());
    }

    @Override
    public void refuse(HttpServerRequest raw, Throwable failure) {
        GrpcCall.end(raw, GrpcStatus.of(failure));
    }

    @Override
    public void handle(HttpServerRequest raw, Principal caller) {
        GrpcMethod method = methods.get(String.valueOf(raw.path()));
        if (raw.version() != HttpVersion.HTTP_2 || !raw.method().name().equals("POST")) {
            refuse(raw, new AttuneException(ErrorCode.INVALID_ARGUMENT, "gRPC needs POST over HTTP/2"));
            return;
        }
        if (method == null) {
            GrpcCall.end(raw, GrpcStatus.unimplemented("no such method; see /attune/v1/kv.proto"));
            return;
        }
        String encoding = raw.getHeader("grpc-encoding");
        if (encoding != null && !encoding.equals("identity")) {
            GrpcCall.end(raw, GrpcStatus.unimplemented("messages must not be compressed"));
            return;
        }
        authorizer.require(caller, method.permission());
        new Exchange(raw, method, new GrpcCall(raw, caller)).start();
    }

    /** One call under way; everything here happens on its connection's loop. */
    private final class Exchange {
        private final HttpServerRequest raw;
        private final GrpcMethod method;
        private final GrpcCall call;
        private final MessageReader reader = new MessageReader(Route.BODY_BYTES_MAX);
        private final AtomicBoolean over = new AtomicBoolean();
        private final GrpcMethod.Inbound inbound;
        private Runnable release = () -> {};

        Exchange(HttpServerRequest raw, GrpcMethod method, GrpcCall call) {
            this.raw = raw;
            this.method = method;
            this.call = call;
            this.inbound = method.start().apply(call);
        }

        void start() {
            GrpcCall.open(raw.response());
            raw.response().closeHandler(gone -> over());
            raw.response().endHandler(done -> over());
            raw.response().exceptionHandler(gone -> over());
            raw.exceptionHandler(gone -> over());
            release = method.streams() ? stayAlive() : boundTime();
            raw.handler(this::bytes);
            raw.endHandler(end -> guarded(this::halfClosed));
            raw.resume();
        }

        /** A sender that trickles would hold the call for ever. */
        private Runnable boundTime() {
            long timer = vertx.setTimer(
                    QUESTION_MILLIS_MAX,
                    late -> call.fail(new AttuneException(ErrorCode.DEADLINE_EXCEEDED, "the message did not arrive")));
            return () -> vertx.cancelTimer(timer);
        }

        /** A stream may be quiet for long: the connection is pinged, and given up when no answer comes. */
        private Runnable stayAlive() {
            HttpConnection connection = raw.connection();
            AtomicBoolean answered = new AtomicBoolean(true);
            long timer = vertx.setPeriodic(PING_MILLIS, tick -> {
                if (!answered.getAndSet(false)) connection.close();
                else connection.ping(Buffer.buffer(new byte[8])).onSuccess(pong -> answered.set(true));
            });
            Runnable forget = streams.add(
                    call.principal(),
                    () -> call.fail(new AttuneException(
                            ErrorCode.UNAUTHENTICATED, "The token of this stream was revoked or has expired.")));
            return () -> {
                vertx.cancelTimer(timer);
                forget.run();
            };
        }

        private void bytes(Buffer part) {
            guarded(() -> reader.read(part.getBytes(), inbound::message));
        }

        private void halfClosed() {
            if (!method.streams()) release.run();
            if (!reader.isWhole()) throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "message: cut off");
            inbound.complete();
        }

        private void guarded(Runnable step) {
            if (call.isOver()) return;
            try {
                step.run();
            } catch (RuntimeException e) {
                // The call's boundary: what a message provokes is this call's answer and nobody else's.
                call.fail(e);
            }
        }

        private void over() {
            if (!over.compareAndSet(false, true)) return;
            call.abandoned();
            release.run();
            inbound.over();
        }
    }
}
