package dev.attune.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSource;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SDK's configuration over real sockets, against scripted files. */
class ConfigSessionTest {
    private static final InstanceSpec ORDERS = InstanceSpec.of("i1", "prod", "orders");

    private final InMemoryKeyspace keyspace = new InMemoryKeyspace();
    private final ScriptedSubscriptions files = new ScriptedSubscriptions();
    private SessionMember member;

    @TempDir
    Path directory;

    @BeforeEach
    void start() {
        member = new SessionMember("c1", "m1", keyspace, files);
        files.put("application.properties", "a=1\nb=x");
    }

    @AfterEach
    void stop() {
        member.close();
        keyspace.close();
    }

    private AttuneClient client() {
        return client(member.endpoint());
    }

    private AttuneClient client(String endpoint) {
        return AttuneClient.builder()
                .endpoints(endpoint)
                .token("reader")
                .snapshotDirectory(directory)
                .build();
    }

    private void awaitSaved(long revision) {
        String name = String.format("%016x.snapshot", revision);
        await().until(() -> {
            String[] all = directory.toFile().list();
            return all != null && List.of(all).stream().anyMatch(each -> each.endsWith(name));
        });
    }

    @Test
    void startWithCentre_hasNewestAndFollowsChanges() {
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            assertThat(config.source()).isEqualTo(ConfigSource.CENTRE);
            assertThat(config.getInt("a", 0)).isEqualTo(1);
            files.put("application.properties", "a=2\nb=x");
            await().until(() -> config.getInt("a", 0) == 2);
            files.put("extra.properties", "c=3");
            await().until(() -> config.getInt("c", 0) == 3);
            files.remove("extra.properties");
            await().until(() -> config.get("c").isEmpty());
            assertThat(config.text("application.properties").orElseThrow().toUtf8())
                    .isEqualTo("a=2\nb=x");
        }
    }

    @Test
    @DisplayName("S2: listeners see each release once, in order, also when another listener throws")
    void releasesInARow_listenersSeeEachOnceInOrder() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            config.onChange(change -> {
                if (change.newValue("a").orElse("").equals("7")) throw new IllegalStateException("a listener's bug");
            });
            config.onChange("a", (before, after) -> seen.add(before.orElse("-") + ">" + after.orElse("-")));
            List<String> expected = new ArrayList<>();
            for (int i = 2; i <= 50; i++) {
                files.put("application.properties", "a=" + i + "\nb=x");
                expected.add((i - 1) + ">" + i);
            }
            await().until(() -> seen.size() >= expected.size());
            assertThat(seen).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("S3: reads go on from memory while the centre is away, and it is followed again when it is back")
    void centreGoesAway_readsGoOn() throws Exception {
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            member.cutSessions();
            assertThat(config.getInt("a", 0)).isEqualTo(1);
            files.put("application.properties", "a=7");
            await().until(() -> config.getInt("a", 0) == 7);
            assertThat(config.get("b")).isEmpty();
        }
    }

    @Test
    @DisplayName("S3: a start without the centre takes the local copy within 500 ms")
    void startWithoutCentre_takesLocalCopy() {
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            assertThat(config.revision()).isEqualTo(2);
            awaitSaved(2);
        }
        long begun = System.nanoTime();
        try (AttuneClient client = client("127.0.0.1:1");
                Config config = client.config(ORDERS)) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThat(config.source()).isEqualTo(ConfigSource.SNAPSHOT);
            assertThat(config.getString("b", "")).isEqualTo("x");
            assertThat(config.age()).isGreaterThanOrEqualTo(Duration.ZERO);
            // The client's own start is included, so the bound is wider than the 500 ms of the call.
            assertThat(millis).isLessThan(1500);
        }
    }

    @Test
    void startWithoutCentreAndCopy_isEmptyAndSaysSo() {
        try (AttuneClient client = AttuneClient.builder()
                        .endpoints("127.0.0.1:1")
                        .snapshotDirectory(directory)
                        .startTimeout(Duration.ofMillis(100))
                        .build();
                Config config = client.config(ORDERS)) {
            assertThat(config.source()).isEqualTo(ConfigSource.NONE);
            assertThat(config.getInt("a", 5)).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("S5: a centre restored from an older copy cannot move an instance backwards")
    void centreRestoredToOlderRevision_isRefused() throws Exception {
        files.put("application.properties", "a=9");
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            assertThat(config.revision()).isEqualTo(3);
            awaitSaved(3);
        }
        files.restoreTo(1);
        try (AttuneClient client = client();
                Config config = client.config(ORDERS)) {
            assertThat(config.source()).isEqualTo(ConfigSource.SNAPSHOT);
            assertThat(config.getInt("a", 0)).isEqualTo(9);
        }
    }

    @Test
    @DisplayName("S1: several files asked for by name; the first one named wins")
    void filesByName_firstNamedWins() {
        files.put("override.properties", "a=100");
        try (AttuneClient client = client();
                Config config = client.config(ORDERS, "override.properties", "application.properties")) {
            assertThat(config.getInt("a", 0)).isEqualTo(100);
            assertThat(config.getString("b", "")).isEqualTo("x");
        }
    }

    @Test
    @DisplayName("W11: a listener that stalls delays nobody else and ends at the newest state")
    void stalledListener_endsAtNewest() {
        String filler = "x".repeat(100_000);
        java.util.concurrent.CountDownLatch gate = new java.util.concurrent.CountDownLatch(1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (AttuneClient slow = client();
                Config config = slow.config(ORDERS)) {
            config.onChange(change -> {
                try {
                    gate.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                seen.add(change.newValue("n").orElse("-"));
            });
            for (int i = 0; i < 200; i++) files.put("application.properties", "n=" + i + "\nf=" + filler);
            gate.countDown();
            await().until(() -> seen.contains("199"));
            assertThat(seen.stream().map(Integer::valueOf).toList()).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void subscriptionRefused_isTold() {
        try (AttuneClient client = client();
                Config config = client.config(InstanceSpec.of("i1", "prod", "forbidden"))) {
            await().until(() -> config.failure().isPresent());
            assertThat(config.failure().map(AttuneException::code)).contains(ErrorCode.PERMISSION_DENIED);
        }
    }

    @Test
    void typedValues_areParsedOrSayWhatIsExpected() {
        files.put("t.properties", "d=250ms\ns=64KB\nl=x, y\nmode=FAST\nbad=12x");
        try (AttuneClient client = client();
                Config config = client.config(ORDERS, "t.properties")) {
            assertThat(config.getDuration("d", Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
            assertThat(config.getSize("s", 0)).isEqualTo(65536);
            assertThat(config.getList("l")).containsExactly("x", "y");
            assertThatThrownBy(() -> config.getInt("bad", 0))
                    .hasMessageContaining("bad: 12x (expected: a whole number)");
        }
    }
}
