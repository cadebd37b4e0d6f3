package dev.attune.server.http;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.auth.Principal;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API's one port: HTTP/1.1, HTTP/2 and WebSocket. Every request goes the same way: resolve the route, authenticate,
 * require the route's permission, read the bounded body, call the handler; a failure becomes a problem document.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int URL_BYTES_MAX = 8 << 10;
    private static final int WEB_SOCKET_MESSAGE_BYTES_MAX = Route.BODY_BYTES_CAP + (64 << 10);
    private static final long BODY_MILLIS_MAX = 30_000;
    private static final String BEARER = "Bearer ";

    private final Vertx vertx;
    private final RouteTable table;
    private final Authorizer authorizer;
    private final LiveStreams streams;
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable HttpServer server;

    public HttpListener(Vertx vertx, RouteTable table, Authorizer authorizer, LiveStreams streams) {
        this.vertx = vertx;
        this.table = table;
        this.authorizer = authorizer;
        this.streams = streams;
    }

    /** Opens the port; completes with its number. */
    public CompletableFuture<Integer> listen(HttpOptions options) {
        HttpServer opened = vertx.createHttpServer(serverOptions(options));
        server = opened;
        opened.requestHandler(this::handle);
        opened.webSocketHandshakeHandler(this::upgrade);
        opened.connectionHandler(connection -> {
            connection.closeHandler(gone -> connections.decrementAndGet());
            if (connections.incrementAndGet() > options.connectionsMax()) connection.close();
        });
        return opened.listen().map(HttpServer::actualPort).toCompletionStage().toCompletableFuture();
    }

    /** Stops accepting, lets running requests end for at most {@code drain}, then closes every connection. */
    public CompletableFuture<Void> shutdown(Duration drain) {
        HttpServer opened = server;
        if (opened == null) return CompletableFuture.completedFuture(null);
        streams.closeAll();
        return opened.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS)
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }

    private static HttpServerOptions serverOptions(HttpOptions options) {
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setTcpNoDelay(true)
                .setIdleTimeout(60)
                .setMaxInitialLineLength(URL_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxWebSocketFrameSize(WEB_SOCKET_MESSAGE_BYTES_MAX)
                .setMaxWebSocketMessageSize(WEB_SOCKET_MESSAGE_BYTES_MAX)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
        server.getInitialSettings().setMaxConcurrentStreams(200).setMaxHeaderListSize(HEADER_BYTES_MAX);
        options.tls().ifPresent(tls -> server.setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(10)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(tls.certificate().toString())
                        .addKeyPath(tls.key().toString())));
        return server;
    }

    private void handle(HttpServerRequest raw) {
        raw.pause();
        raw.response().exceptionHandler(gone -> {});
        raw.exceptionHandler(gone -> {});
        try {
            Map<String, String> query = Percent.query(raw.query() == null ? "" : raw.query());
            RouteTable.Resolution found =
                    table.resolve(raw.method().name(), Percent.segments(raw.path() == null ? "" : raw.path()));
            Route route = found.route();
            if (route == null) {
                refuse(raw, notFound(found.pathExists()));
                return;
            }
            if (declaredLength(raw) > route.bodyBytesMax()) {
                refuse(raw, Problems.reply(tooLarge(route)));
                return;
            }
            onLoop(authenticate(raw.getHeader("Authorization")), (principal, failure) -> {
                if (failure != null) refuse(raw, Problems.reply(failure));
                else authorised(raw, found, query, principal);
            });
        } catch (RuntimeException e) {
            // The request boundary: whatever a malformed request provokes is its own answer.
            fail(raw, e);
        }
    }

    private void authorised(
            HttpServerRequest raw, RouteTable.Resolution found, Map<String, String> query, Principal principal) {
        Route route = java.util.Objects.requireNonNull(found.route());
        try {
            authorizer.require(principal, route.permission());
            for (String name : query.keySet())
                if (!route.query().containsKey(name))
                    throw new AttuneException(
                            ErrorCode.INVALID_ARGUMENT,
                            "query: an unknown parameter (expected: "
                                    + String.join(", ", route.query().keySet()) + ")");
        } catch (AttuneException e) {
            refuse(raw, Problems.reply(e));
            return;
        }
        readBody(raw, route, body -> {
            Request request = new Request(
                    principal,
                    route,
                    found.parameters(),
                    query,
                    name -> Optional.ofNullable(raw.getHeader(name)),
                    body);
            run(raw, request);
        });
    }

    private void readBody(HttpServerRequest raw, Route route, java.util.function.Consumer<Bytes> then) {
        Buffer body = Buffer.buffer();
        // A sender that trickles would hold the connection for ever: the idle time-out sees bytes.
        long timer = vertx.setTimer(BODY_MILLIS_MAX, late -> raw.connection().close());
        boolean[] refused = {false};
        raw.handler(part -> {
            if (refused[0]) return;
            if (body.length() + part.length() > route.bodyBytesMax()) {
                refused[0] = true;
                vertx.cancelTimer(timer);
                refuse(raw, Problems.reply(tooLarge(route)));
            } else {
                body.appendBuffer(part);
            }
        });
        raw.endHandler(end -> {
            vertx.cancelTimer(timer);
            if (!refused[0]) then.accept(Bytes.wrap(body.getBytes()));
        });
        raw.exceptionHandler(gone -> vertx.cancelTimer(timer));
        raw.resume();
    }

    private void run(HttpServerRequest raw, Request request) {
        try {
            onLoop(request.route().handler().handle(request), (reply, failure) -> {
                if (failure != null) fail(raw, failure);
                else send(raw, request.principal(), reply);
            });
        } catch (RuntimeException e) {
            // The request boundary: a handler's failure is this request's answer and nobody else's.
            fail(raw, e);
        }
    }

    private void fail(HttpServerRequest raw, Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        if (!(cause instanceof AttuneException known) || known.code() == ErrorCode.INTERNAL)
            LOG.error("event=request-failed method={}", raw.method(), cause);
        refuse(raw, Problems.reply(cause));
    }

    /** Answers without having read the body: the connection cannot be used again in HTTP/1.1 unless it was. */
    private void refuse(HttpServerRequest raw, Reply reply) {
        if (!raw.isEnded() && raw.version() != HttpVersion.HTTP_2 && declaredLength(raw) != 0)
            raw.response().putHeader("Connection", "close");
        // A body that was read to its end cannot be asked for again.
        if (!raw.isEnded()) raw.resume();
        send(raw, Principal.ANONYMOUS, reply);
    }

    private void send(HttpServerRequest raw, Principal principal, Reply reply) {
        HttpServerResponse response = raw.response();
        if (response.ended() || response.closed()) return;
        response.setStatusCode(reply.status());
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("Cache-Control", "no-store");
        response.putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        reply.headers().forEach(each -> response.putHeader(each.getKey(), each.getValue()));
        var download = reply.download();
        if (download != null) {
            if (raw.version() != HttpVersion.HTTP_2) response.setChunked(true);
            ResponseStream.start(response, download, streams, principal.tokenId());
            return;
        }
        var start = reply.events();
        if (start == null) {
            response.end(Buffer.buffer(reply.body().unsafeArray())).onFailure(gone -> {});
            return;
        }
        if (raw.version() != HttpVersion.HTTP_2) response.setChunked(true);
        SseStream stream = new SseStream(response);
        Runnable forget = streams.add(principal.tokenId(), stream::close);
        response.closeHandler(gone -> {
            forget.run();
            stream.gone();
        });
        stream.heartbeat();
        start.accept(stream);
    }

    private void upgrade(ServerWebSocketHandshake handshake) {
        Optional<RouteTable.WebSocketRoute> mount = table.webSocketAt(handshake.path());
        if (mount.isEmpty()) {
            handshake.reject(404);
            return;
        }
        // Browsers send an origin and are not spoken to here: no page may use a visitor's position in the network.
        if (handshake.headers().contains("Origin")) {
            handshake.reject(403);
            return;
        }
        onLoop(authenticate(handshake.headers().get("Authorization")), (principal, failure) -> {
            if (failure != null) {
                handshake.reject(statusOf(failure));
                return;
            }
            try {
                authorizer.require(principal, mount.get().permission());
            } catch (AttuneException e) {
                handshake.reject(statusOf(e));
                return;
            }
            handshake.accept().onSuccess(socket -> {
                Runnable forget = streams.add(principal.tokenId(), () -> socket.close((short) 1008, "closed"));
                socket.closeHandler(gone -> forget.run());
                mount.get().handler().opened(socket, principal);
            });
        });
    }

    private CompletableFuture<Principal> authenticate(@Nullable String header) {
        if (header == null) return authorizer.authenticate(Optional.empty());
        if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            return CompletableFuture.failedFuture(
                    new AttuneException(ErrorCode.UNAUTHENTICATED, "Authorization: not a bearer token."));
        return authorizer.authenticate(
                Optional.of(header.substring(BEARER.length()).trim()));
    }

    /** Goes on, on this connection's loop, when {@code future} completes; at once when it already has. */
    private <T> void onLoop(CompletableFuture<T> future, BiConsumer<T, @Nullable Throwable> then) {
        Context loop = vertx.getOrCreateContext();
        if (future.isDone()) future.whenComplete((value, failure) -> then.accept(value, failure));
        else future.whenComplete((value, failure) -> loop.runOnContext(go -> then.accept(value, failure)));
    }

    private static Reply notFound(boolean pathExists) {
        return pathExists
                ? Problems.reply(
                        405, ErrorCode.INVALID_ARGUMENT, "This path does not take this method.", "See /openapi.json.")
                : Problems.reply(ErrorCode.NOT_FOUND, "No such path; see /openapi.json.");
    }

    private static AttuneException tooLarge(Route route) {
        return new AttuneException(
                ErrorCode.TOO_LARGE, "body: too large (expected: <= " + route.bodyBytesMax() + " bytes)");
    }

    private static int statusOf(Throwable failure) {
        return Problems.unwrap(failure) instanceof AttuneException known ? Problems.status(known.code()) : 500;
    }

    /** 0 for no body, a very large number for one of unknown length that the body reader bounds. */
    private static long declaredLength(HttpServerRequest raw) {
        String text = raw.getHeader("Content-Length");
        if (text == null) return raw.getHeader("Transfer-Encoding") == null ? 0 : 1;
        return Request.number("Content-Length", text);
    }

    /** Routes as the listener sees them; for the OpenAPI document. */
    public List<Route> routes() {
        return List.copyOf(table.routes());
    }
}
