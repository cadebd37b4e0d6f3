package dev.attune.server.session;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.session.ServerFrame;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.auth.Principal;
import dev.attune.server.auth.Role;
import dev.attune.server.files.FileService;
import dev.attune.server.http.HttpListener;
import dev.attune.server.http.HttpOptions;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.http.RouteTable;
import dev.attune.server.subscribe.Subscriptions;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A member's API port with nothing but the session on it. Tokens are the words of the roles. */
final class SessionMember implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpListener listener;
    private final LiveStreams streams = new LiveStreams();
    private final AtomicInteger sessions = new AtomicInteger();
    private final int port;

    SessionMember(String clusterId, String memberId, InMemoryKeyspace keyspace, Subscriptions subscriptions) {
        this(clusterId, memberId, keyspace, subscriptions, HttpOptions.loopback(0));
    }

    SessionMember(
            String clusterId,
            String memberId,
            InMemoryKeyspace keyspace,
            Subscriptions subscriptions,
            HttpOptions options) {
        Authorizer authorizer = token -> {
            if (token.isEmpty()) return CompletableFuture.completedFuture(Principal.ANONYMOUS);
            try {
                Role role = Role.parse(token.get());
                return CompletableFuture.completedFuture(new Principal(role.word(), Optional.of(role), role.word()));
            } catch (AttuneException e) {
                return CompletableFuture.failedFuture(new AttuneException(ErrorCode.UNAUTHENTICATED, "unknown"));
            }
        };
        RouteTable table = new RouteTable();
        new SessionRoutes(new SessionServices(
                        keyspace,
                        keyspace,
                        subscriptions,
                        authorizer,
                        () -> {
                            sessions.incrementAndGet();
                            return new ServerFrame.Hello(clusterId, memberId, "test", 1, 16384);
                        },
                        new FileService(keyspace, Clock.systemUTC())))
                .mount(table);
        listener = new HttpListener(vertx, table, authorizer, streams);
        port = listener.listen(options).join();
    }

    /** How many sessions were opened so far. */
    int sessions() {
        return sessions.get();
    }

    String endpoint() {
        return "127.0.0.1:" + port;
    }

    /** Cuts every session, as a crash would, while the port stays open. */
    void cutSessions() {
        for (Role role : Role.values()) streams.cutToken(role.word(), 0);
    }

    /** Ends the listener, as a death of the member would. */
    void cutForGood() {
        listener.shutdown(java.time.Duration.ZERO)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        listener.shutdown(java.time.Duration.ZERO)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
