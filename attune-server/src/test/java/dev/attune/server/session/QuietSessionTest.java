package dev.attune.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.attune.client.AttuneClient;
import dev.attune.client.kv.HeldLease;
import dev.attune.client.session.Session;
import dev.attune.client.session.SessionOptions;
import dev.attune.client.session.WebSocketConnector;
import dev.attune.model.session.SessionProtocol;
import dev.attune.server.http.HttpOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sessions on which nothing happens for long, against a listener that closes idle connections soon. */
final class QuietSessionTest {
    private final InMemoryKeyspace keyspace = new InMemoryKeyspace();
    private final SessionMember member = new SessionMember(
            "c1",
            "m1",
            keyspace,
            SessionFakes.NO_SUBSCRIPTIONS,
            HttpOptions.loopback(0).withIdle(Duration.ofSeconds(1)));

    @AfterEach
    void stop() {
        member.close();
        keyspace.close();
    }

    private int sessionsAfter(long idleMillis, Duration quiet) {
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        URI endpoint = URI.create("ws://" + member.endpoint() + SessionProtocol.PATH);
        try (Session session = new Session(
                SessionOptions.of(List.of(endpoint)).withIdleMillis(idleMillis),
                new WebSocketConnector("reader", Duration.ofSeconds(2), null),
                System::nanoTime,
                new Random(1))) {
            ticker.scheduleAtFixedRate(session::tick, 0, 20, TimeUnit.MILLISECONDS);
            await().until(session::isConnected);
            long until = System.nanoTime() + quiet.toNanos();
            await().atMost(quiet.multipliedBy(3)).until(() -> System.nanoTime() >= until);
            return member.sessions();
        } finally {
            ticker.shutdownNow();
        }
    }

    @Test
    @DisplayName("an idle session pings, so that the listener's idle time-out does not cut it")
    void idleSession_staysOpen() {
        assertThat(sessionsAfter(900, Duration.ofSeconds(4))).isEqualTo(1);
    }

    @Test
    @DisplayName("the same time-out cuts a session that does not ping: the test above could fail")
    void sessionThatDoesNotPing_isCut() {
        assertThat(sessionsAfter(60_000, Duration.ofSeconds(4))).isGreaterThan(1);
    }

    @Test
    void heldLease_isKeptAliveUntilItIsClosed() {
        try (AttuneClient client = AttuneClient.builder()
                .endpoints(member.endpoint())
                .token("publisher")
                .snapshotDirectory(null)
                .build()) {
            HeldLease held = client.kv()
                    .holdLease(Duration.ofSeconds(1))
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            int before = keyspace.keepAlives();

            await().atMost(Duration.ofSeconds(10)).until(() -> keyspace.keepAlives() >= before + 5);
            assertThat(held.isHeld()).isTrue();

            held.close();
            assertThat(held.isHeld()).isFalse();
            assertThat(held.ended().join()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("a lease whose centre does not answer within its time counts as lost")
    void leaseWithoutAnswer_isLost() {
        try (AttuneClient client = AttuneClient.builder()
                .endpoints(member.endpoint())
                .token("publisher")
                .snapshotDirectory(null)
                .build()) {
            HeldLease held = client.kv()
                    .holdLease(Duration.ofSeconds(1))
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();

            member.cutForGood();

            assertThat(held.ended().orTimeout(10, TimeUnit.SECONDS).join()).contains("within the lease's time");
        }
    }
}
