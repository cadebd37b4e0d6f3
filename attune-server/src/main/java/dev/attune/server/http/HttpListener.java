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
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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
    private volatile Connections connections = new Connections(0, 0);
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
        Connections bounded = new Connections(options.connectionsMax(), options.unprovenPerAddressMax());
        connections = bounded;
        opened.connectionHandler(connection -> {
            Connections.Peer peer = peer(connection.remoteAddress());
            connection.closeHandler(gone -> bounded.closed(peer));
            if (!bounded.opened(peer)) connection.close();
        });
        return opened.listen().map(HttpServer::actualPort).toCompletionStage().toCompletableFuture();
    }

    /** Stops accepting, lets running requests end for at most {@code drain}, then closes every connection. */
    public CompletableFuture<Void> shutdown(Duration drain) {
        HttpServer opened = server;
        if (opened == null) return CompletableFuture.completedFuture(null);
        streams.cutAll();
        return opened.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS)
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }

    private HttpServerOptions serverOptions(HttpOptions options) {
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setTcpNoDelay(true)
                .setIdleTimeout((int) options.idle().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxInitialLineLength(URL_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxWebSocketFrameSize(WEB_SOCKET_MESSAGE_BYTES_MAX)
                .setMaxWebSocketMessageSize(WEB_SOCKET_MESSAGE_BYTES_MAX)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
        table.webSockets().forEach(each -> server.addWebSocketSubProtocol(each.subprotocol()));
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
        GuestProtocol guest = table.guestFor(raw.getHeader("Content-Type"));
        if (guest != null) {
            onLoop(
                    authenticate(raw.remoteAddress(), raw.getHeader("Authorization")),
                    failed -> guest.refuse(raw, failed),
                    caller -> guest.handle(raw, caller));
            return;
        }
        try {
            Map<String, String> query = Percent.query(raw.query() == null ? "" : raw.query());
            RouteTable.Resolution found =
                    table.resolve(raw.method().name(), Percent.segments(raw.path() == null ? "" : raw.path()));
            Route route = found.route();
            if (route == null) {
                refuse(raw, table.refusal().map(Problems::reply).orElseGet(() -> notFound(found.pathExists())));
                return;
            }
            if (declaredLength(raw) > route.bodyBytesMax()) {
                refuse(raw, Problems.reply(tooLarge(route)));
                return;
            }
            onLoop(
                    authenticate(raw.remoteAddress(), raw.getHeader("Authorization")),
                    failure -> fail(raw, failure),
                    principal -> authorised(raw, found, query, principal));
        } catch (RuntimeException e) {
            // The request boundary: whatever a malformed request provokes is its own answer.
            fail(raw, e);
        }
    }

    private void authorised(
            HttpServerRequest raw, RouteTable.Resolution found, Map<String, String> query, Principal principal) {
        Route route = java.util.Objects.requireNonNull(found.route());
        if (route.verbs().isEmpty()) authorizer.require(principal, route.permission());
        else requireVerbs(principal, route, found.parameters());
        for (String name : query.keySet())
            if (!route.query().containsKey(name))
                throw new AttuneException(
                        ErrorCode.INVALID_ARGUMENT,
                        "query: an unknown parameter (expected: "
                                + String.join(", ", route.query().keySet()) + ")");
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

    private void readBody(HttpServerRequest raw, Route route, Consumer<Bytes> then) {
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
            onLoop(
                    request.route().handler().handle(request),
                    failure -> fail(raw, failure),
                    reply -> send(raw, request.principal(), reply));
        } catch (RuntimeException e) {
            // The request boundary: a handler's failure is this request's answer and nobody else's.
            fail(raw, e);
        }
    }

    private void fail(HttpServerRequest raw, Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        if (!(cause instanceof AttuneException known) || known.code() == ErrorCode.INTERNAL)
            LOG.error("event=request-failed method={}", raw.method(), cause);
        if (raw.response().headWritten()) abandon(raw);
        else refuse(raw, Problems.reply(cause));
    }

    /** Cuts off an answer that has begun: that is the only sign left that it is not whole. */
    private static void abandon(HttpServerRequest raw) {
        if (raw.version() == HttpVersion.HTTP_2) raw.response().reset();
        else raw.connection().close();
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
            ResponseStream.start(response, download, streams, principal);
            return;
        }
        var start = reply.events();
        if (start == null) {
            response.end(Buffer.buffer(reply.body().unsafeArray())).onFailure(gone -> {});
            return;
        }
        if (raw.version() != HttpVersion.HTTP_2) response.setChunked(true);
        SseStream stream = new SseStream(response);
        Runnable forget = streams.add(principal, stream::close);
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
            handshake.reject(table.refusal().map(HttpListener::statusOf).orElse(404));
            return;
        }
        // A client that cannot name the protocol would not understand the first frame.
        if (!offers(
                handshake.headers().getAll("Sec-WebSocket-Protocol"),
                mount.get().subprotocol())) {
            handshake.reject(400);
            return;
        }
        // Browsers send an origin and are not spoken to here: no page may use a visitor's position in the network.
        if (handshake.headers().contains("Origin")) {
            handshake.reject(403);
            return;
        }
        onLoop(
                authenticate(handshake.remoteAddress(), handshake.headers().get("Authorization")),
                failure -> handshake.reject(statusOf(failure)),
                principal -> accept(handshake, mount.get(), principal));
    }

    private static boolean offers(List<String> headers, String subprotocol) {
        for (String header : headers)
            for (String each : header.split(",", -1)) if (each.strip().equals(subprotocol)) return true;
        return false;
    }

    private void accept(ServerWebSocketHandshake handshake, RouteTable.WebSocketRoute mount, Principal principal) {
        authorizer.require(principal, mount.permission());
        handshake.accept().onSuccess(socket -> {
            Runnable forget = streams.add(principal, () -> socket.close((short) 1008, "closed"));
            socket.closeHandler(gone -> forget.run());
            mount.handler().opened(socket, principal);
        });
    }

    private void requireVerbs(Principal principal, Route route, Map<String, String> parameters) {
        String[] names = {"env", "app", "file"};
        for (int i = 0; i < names.length; i++) names[i] = Percent.text(parameters.getOrDefault(names[i], ""));
        authorizer.require(principal, route.verbs(), names[0], names[1], names[2]);
    }

    private static Connections.Peer peer(SocketAddress remote) {
        return new Connections.Peer(String.valueOf(remote.hostAddress()), remote.port());
    }

    private CompletableFuture<Principal> authenticate(SocketAddress remote, @Nullable String header) {
        Connections bounded = connections;
        return authenticate(header).thenApply(principal -> {
            if (principal.role().isPresent()) bounded.proven(peer(remote));
            return principal;
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

    /**
     * Goes on, on this connection's loop, when {@code future} completes; at once when it already has. Whatever goes
     * wrong, in the future or after it, ends in {@code failed}: a future would swallow it and nobody would answer.
     */
    private <T> void onLoop(CompletableFuture<T> future, Consumer<Throwable> failed, Consumer<T> then) {
        Context loop = vertx.getOrCreateContext();
        BiConsumer<T, @Nullable Throwable> step = (value, failure) -> {
            try {
                if (failure != null) failed.accept(failure);
                else then.accept(value);
            } catch (RuntimeException e) {
                // The request boundary: one request's failure is its own answer.
                failed.accept(e);
            }
        };
        if (future.isDone()) future.whenComplete(step);
        else future.whenComplete((value, failure) -> loop.runOnContext(go -> step.accept(value, failure)));
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

    /** What the protocols beside the API's own serve. */
    public Set<String> guestCalls() {
        Set<String> all = new TreeSet<>();
        table.guests().forEach(each -> all.addAll(each.calls()));
        return all;
    }

    /** Routes as the listener sees them; for the OpenAPI document. */
    public List<Route> routes() {
        return List.copyOf(table.routes());
    }
}
