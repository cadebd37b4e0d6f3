package dev.attune.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.attune.client.AttuneClient;
import dev.attune.client.kv.ReadMode;
import dev.attune.client.kv.TxnResult;
import dev.attune.client.kv.Watch;
import dev.attune.client.kv.WatchListener;
import dev.attune.client.kv.WriteOutcome;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The SDK's keys over real sockets against a member with an in-memory store. */
class KvSessionTest {
    private final InMemoryKeyspace keyspace = new InMemoryKeyspace();
    private SessionMember member;
    private SessionMember other;

    @BeforeEach
    void start() {
        member = new SessionMember("c1", "m1", keyspace, SessionFakes.NO_SUBSCRIPTIONS);
        other = new SessionMember("c1", "m2", keyspace, SessionFakes.NO_SUBSCRIPTIONS);
    }

    @AfterEach
    void stop() {
        member.close();
        other.close();
        keyspace.close();
    }

    private AttuneClient client(String token, String... endpoints) {
        return AttuneClient.builder()
                .endpoints(endpoints.length == 0 ? new String[] {member.endpoint()} : endpoints)
                .token(token)
                .build();
    }

    private static Bytes b(String text) {
        return Bytes.utf8(text);
    }

    @Test
    void put_thenGetReturnsIt() {
        try (AttuneClient client = client("publisher")) {
            long revision = client.kv().blocking().put(b("a"), b("1"));
            KeyValue read = client.kv().blocking().get(b("a")).orElseThrow();
            assertThat(read.value()).isEqualTo(b("1"));
            assertThat(read.modRevision()).isEqualTo(revision);
            assertThat(client.kv().blocking().get(b("b"))).isEmpty();
            assertThat(client.clusterId()).isEqualTo("c1");
        }
    }

    @Test
    void deleteRangeTxnAndCompareAndSet_answerAsTheStoreDoes() {
        try (AttuneClient client = client("publisher")) {
            var kv = client.kv().blocking();
            assertThat(kv.compareAndSet(b("k"), 0, b("1")).succeeded()).isTrue();
            TxnResult again = kv.compareAndSet(b("k"), 0, b("2"));
            assertThat(again.succeeded()).isFalse();
            assertThat(kv.compareAndSet(b("k"), again.revision(), b("3")).succeeded())
                    .isTrue();
            kv.put(b("k2"), b("x"));
            Operation.Range prefix = Operation.Range.of(KeyRange.prefix(b("k")));
            assertThat(kv.range(prefix).keyValues()).hasSize(2);
            assertThat(kv.range(prefix, ReadMode.STALE).range().count()).isEqualTo(2);
            assertThat(kv.delete(KeyRange.prefix(b("k")))).isEqualTo(2);
            long lease = kv.grantLease(Duration.ofSeconds(5));
            kv.keepAlive(lease);
            kv.revokeLease(lease);
        }
    }

    @Test
    @DisplayName("G4: a write whose answer was lost is repeated on another connection and has one effect")
    void answerLost_writeHasOneEffect() {
        try (AttuneClient client = client("publisher", member.endpoint(), other.endpoint())) {
            client.kv().blocking().put(b("warm"), b("up"));
            keyspace.mute(true);
            List<CompletableFuture<Long>> lost = new ArrayList<>();
            for (int i = 0; i < 100; i++) lost.add(client.kv().put(b("k" + i), b("v")));
            await().until(() -> keyspace.applied() == 101);
            keyspace.mute(false);
            member.cutSessions();
            other.cutSessions();
            for (CompletableFuture<Long> each : lost)
                assertThat(each.orTimeout(10, TimeUnit.SECONDS).join()).isPositive();
            assertThat(keyspace.applied()).isEqualTo(101);
        }
    }

    @Test
    @DisplayName("S7: no answer at all is UNKNOWN, a refusal is FAILED")
    void outcomes_areThree() {
        try (AttuneClient client = client("publisher")) {
            client.kv().blocking().put(b("warm"), b("up"));
            keyspace.mute(true);
            WriteOutcome unknown = client.kv()
                    .withTimeout(Duration.ofMillis(200))
                    .write(Operation.Put.of(b("k"), b("v")))
                    .join();
            assertThat(unknown).isInstanceOf(WriteOutcome.Unknown.class);
            keyspace.mute(false);
            keyspace.refuseNext(ErrorCode.NO_SPACE);
            assertThat(client.kv().write(Operation.Put.of(b("k"), b("v"))).join())
                    .isEqualTo(new WriteOutcome.Failed(ErrorCode.NO_SPACE, "told to"));
        }
        try (AttuneClient nobody = client("publisher", "127.0.0.1:1")) {
            WriteOutcome failed = nobody.kv()
                    .withTimeout(Duration.ofMillis(100))
                    .write(Operation.Put.of(b("k"), b("v")))
                    .join();
            assertThat(failed).isInstanceOfSatisfying(WriteOutcome.Failed.class, f -> assertThat(f.code())
                    .isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
        }
    }

    @Test
    void memberWithoutLeader_isAskedAgainUntilItHasOne() {
        keyspace.refuseNext(ErrorCode.UNAVAILABLE, ErrorCode.NOT_LEADER, ErrorCode.OVERLOADED);
        try (AttuneClient client = client("publisher")) {
            assertThat(client.kv().blocking().put(b("k"), b("v"))).isPositive();
        }
        assertThat(keyspace.applied()).isEqualTo(1);
    }

    @Test
    void memberDies_clientGoesOnWithAnother() {
        try (AttuneClient client = client("publisher", member.endpoint(), other.endpoint())) {
            client.kv().blocking().put(b("k"), b("1"));
            boolean onFirst = client.connectionStatus().endsWith("m1");
            if (onFirst) member.close();
            else other.close();
            client.kv().blocking().put(b("k"), b("2"));
            assertThat(client.connectionStatus()).endsWith(onFirst ? "m2" : "m1");
            if (onFirst) member = new SessionMember("c1", "m1", keyspace, SessionFakes.NO_SUBSCRIPTIONS);
            else other = new SessionMember("c1", "m2", keyspace, SessionFakes.NO_SUBSCRIPTIONS);
        }
    }

    @Test
    void reader_mayReadButNotWrite() {
        try (AttuneClient client = client("reader")) {
            assertThat(client.kv().blocking().get(b("k"))).isEmpty();
            assertThatThrownBy(() -> client.kv().blocking().put(b("k"), b("v")))
                    .isInstanceOfSatisfying(
                            AttuneException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void unknownToken_isRefused() {
        try (AttuneClient client = client("forged")) {
            assertThatThrownBy(() -> client.kv()
                            .withTimeout(Duration.ofMillis(300))
                            .blocking()
                            .get(b("k")))
                    .isInstanceOf(AttuneException.class);
            assertThat(client.isConnected()).isFalse();
        }
    }

    @Test
    void systemKeys_areOutOfReach() {
        try (AttuneClient client = client("admin")) {
            var kv = client.kv().blocking();
            for (Runnable attempt : List.<Runnable>of(
                    () -> kv.put(b("\0secret"), b("x")),
                    () -> kv.get(b("\0secret")),
                    () -> kv.txn(
                            new Operation.Txn(List.of(), List.of(Operation.Put.of(b("\0secret"), b("x"))), List.of()))))
                assertThatThrownBy(attempt::run).isInstanceOfSatisfying(AttuneException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.PERMISSION_DENIED));
            keyspace.write(new dev.attune.store.Command.Mutate(null, Operation.Put.of(b("\0secret"), b("x"))))
                    .join();
            assertThat(kv.range(Operation.Range.of(KeyRange.all())).keyValues()).isEmpty();
        }
    }

    @Test
    @DisplayName("W5: a watch goes on at the next revision after the connection was cut")
    void watchIsCutOften_seesEveryRevisionOnce() {
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        try (AttuneClient client = client("publisher", member.endpoint(), other.endpoint());
                Watch watch = client.kv().watch(KeyRange.prefix(b("w")), 2, (r, events) -> seen.add(r))) {
            assertThat(watch).isNotNull();
            for (int i = 0; i < 500; i++) {
                client.kv().blocking().put(b("w" + i % 7), b("v" + i));
                if (i % 100 == 50) {
                    member.cutSessions();
                    other.cutSessions();
                }
            }
            await().until(() -> seen.size() >= 500);
        }
        List<Long> expected = new ArrayList<>();
        for (long r = 2; r < 502; r++) expected.add(r);
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    @DisplayName("W11: a slow listener loses nothing and holds back nobody")
    void slowListener_getsEverythingAfterAWhile() {
        CountDownLatch gate = new CountDownLatch(1);
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        Bytes big = Bytes.wrap(new byte[64 * 1024]);
        try (AttuneClient slow = client("reader");
                AttuneClient writer = client("publisher");
                Watch watch = slow.kv().watch(KeyRange.key(b("w")), 2, (r, events) -> {
                    awaitQuietly(gate);
                    seen.add(r);
                })) {
            assertThat(watch).isNotNull();
            for (int i = 0; i < 200; i++) writer.kv().blocking().put(b("w"), big);
            gate.countDown();
            await().until(() -> seen.size() == 200);
        }
        assertThat(seen).isSorted().doesNotHaveDuplicates();
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void watchFromCompactedRevision_saysWhatIsLeft() {
        CompletableFuture<AttuneException> reason = new CompletableFuture<>();
        try (AttuneClient client = client("publisher")) {
            for (int i = 0; i < 10; i++) client.kv().blocking().put(b("w"), b("v"));
            keyspace.compactTo(8);
            client.kv().watch(KeyRange.key(b("w")), 3, new WatchListener() {
                @Override
                public void changed(long revision, List<Event> events) {}

                @Override
                public void ended(AttuneException why, long compactedRevision) {
                    assertThat(compactedRevision).isEqualTo(8);
                    reason.complete(why);
                }
            });
            assertThat(reason.orTimeout(10, TimeUnit.SECONDS).join().code()).isEqualTo(ErrorCode.COMPACTED);
        }
    }

    @Test
    void tenThousandConcurrentCalls_allAnswered() {
        try (AttuneClient client = client("publisher")) {
            List<CompletableFuture<Long>> all = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) all.add(client.kv().put(b("k" + i), b("v" + i)));
            assertThat(all).allSatisfy(each -> assertThat(each.join()).isPositive());
        }
        assertThat(keyspace.applied()).isEqualTo(10_000);
    }

    @Test
    @DisplayName("S5: a member of another cluster is not talked to")
    void otherCluster_isRefused() {
        try (AttuneClient client = AttuneClient.builder()
                .endpoints(member.endpoint())
                .token("publisher")
                .clusterId("c2")
                .build()) {
            assertThatThrownBy(() -> client.kv()
                            .withTimeout(Duration.ofMillis(300))
                            .blocking()
                            .get(b("k")))
                    .hasMessageContaining("cluster c1");
        }
    }

    @Test
    void publishAndRollBack_makeNumberedReleases() {
        Coordinate file = new Coordinate("prod", "orders", "default", "a.properties");
        try (AttuneClient client = client("publisher")) {
            var files = client.files();
            assertThat(files.publish(file, b("a=1"), "first").join().release().number())
                    .isEqualTo(1);
            assertThat(files.publish(file, b("a=2"), "second").join().release().number())
                    .isEqualTo(2);
            assertThat(files.rollBack(file, 1, "back").join().release().text()).isEqualTo(b("a=1"));
            assertThat(files.read(file).join().release().number()).isEqualTo(3);
            assertThat(files.read(file, 2).join().release().author()).isEqualTo("publisher");
            assertThatThrownBy(() -> files.publish(file, b("a=9"), "late", 2).join())
                    .hasRootCauseInstanceOf(AttuneException.class)
                    .hasMessageContaining("base release");
        }
    }
}
