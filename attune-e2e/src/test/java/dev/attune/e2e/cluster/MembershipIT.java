package dev.attune.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.attune.client.AttuneClient;
import dev.attune.model.Bytes;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MembershipIT {
    private static final Duration READY = Duration.ofSeconds(40);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    @DisplayName("G11: a node joins, is promoted and outlives one that is removed; nothing acknowledged is lost")
    void a_member_is_replaced_while_the_cluster_serves() throws Exception {
        cluster = ServerCluster.prepare(3, directory);
        cluster.start();
        String token = cluster.token();
        try (AttuneClient client = client(cluster.endpoints())) {
            put(client, "a", "before");

            ServerProcess fourth = cluster.join("n4");
            fourth.start();
            fourth.awaitReady(READY);
            assertThat(members()).contains("\"id\":\"n4\"");
            changed(cluster.leader().send("POST", "/api/v1/cluster/members/n4/promote", token));
            put(client, "b", "between");

            ServerProcess leaving = cluster.follower();
            changed(cluster.leader().send("DELETE", "/api/v1/cluster/members/" + leaving.id(), token));
            cluster.forget(leaving);
            put(client, "c", "after");
            assertThat(members()).doesNotContain("\"id\":\"" + leaving.id() + "\"");
        }

        // With one of the three now gone, the promoted member is needed for a majority.
        ServerProcess old = cluster.servers().stream()
                .filter(each -> !each.id().equals("n4"))
                .findFirst()
                .orElseThrow();
        old.kill();
        List<String> alive = cluster.servers().stream()
                .filter(ServerProcess::isAlive)
                .map(ServerProcess::endpoint)
                .toList();
        try (AttuneClient client = client(alive)) {
            put(client, "d", "by the new majority");
            for (String key : List.of("a", "b", "c", "d"))
                assertThat(client.kv().get(Bytes.utf8(key)).get(20, TimeUnit.SECONDS))
                        .as(key)
                        .isPresent();
        }
    }

    @Test
    @DisplayName("G10: five nodes serve with any two gone, and agree when they are back")
    void five_nodes_survive_the_loss_of_two() throws Exception {
        cluster = ServerCluster.prepare(5, directory);
        cluster.start();
        try (AttuneClient client = client(cluster.endpoints())) {
            put(client, "a", "with five");
            ServerProcess leader = cluster.leader();
            ServerProcess follower = cluster.follower();
            leader.kill();
            follower.kill();
            put(client, "b", "with three");
            leader.start();
            follower.start();
            cluster.awaitReady();
            put(client, "c", "with five again");
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (cluster.states().stream().distinct().count() > 1 && System.nanoTime() < until) Thread.sleep(50);
        assertThat(cluster.states().stream().distinct()).hasSize(1);
    }

    @Test
    @DisplayName("a node runs on JDK 25, also on the data of one that ran on 17")
    void newer_jdk_serves_the_same_data() throws Exception {
        Path newer = jdk25().orElse(null);
        if (newer == null) {
            abort("no JDK 25 below /usr/lib/jvm and ATTUNE_JDK25 is not set");
            return;
        }
        cluster = ServerCluster.prepare(1, directory);
        cluster.start();
        try (AttuneClient client = client(cluster.endpoints())) {
            put(client, "a", "by the older");
        }
        ServerProcess server = cluster.servers().get(0);
        server.stop();
        server.useJdk(newer);
        server.start();
        server.awaitReady(READY);
        try (AttuneClient client = client(cluster.endpoints())) {
            put(client, "b", "by the newer");
            assertThat(client.kv().get(Bytes.utf8("a")).get(20, TimeUnit.SECONDS))
                    .isPresent();
        }
        assertThat(Files.readString(server.log())).doesNotContain("event=fatal");
    }

    private static Optional<Path> jdk25() throws IOException {
        String named = System.getenv("ATTUNE_JDK25");
        if (named != null) return Optional.of(Path.of(named));
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) return Optional.empty();
        try (Stream<Path> homes = Files.list(all)) {
            return homes.filter(each -> each.getFileName().toString().contains("25"))
                    .filter(each -> Files.isExecutable(each.resolve("bin").resolve("java")))
                    .findFirst();
        }
    }

    private AttuneClient client(List<String> endpoints) throws Exception {
        return AttuneClient.builder()
                .endpoints(endpoints)
                .token(cluster.token())
                .snapshotDirectory(null)
                .build();
    }

    /** Writes until it is acknowledged: while a leader is replaced a call may end before it begins. */
    private static void put(AttuneClient client, String key, String value) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (true) {
            try {
                var unused = client.kv().put(Bytes.utf8(key), Bytes.utf8(value)).get(20, TimeUnit.SECONDS);
                return;
            } catch (java.util.concurrent.ExecutionException e) {
                if (System.nanoTime() > until) throw e;
                Thread.sleep(50);
            }
        }
    }

    private String members() throws Exception {
        String body = cluster.leader().get("/api/v1/cluster", cluster.token());
        assertThat(body).isNotNull();
        return body == null ? "" : body.replace(" ", "");
    }

    private static void changed(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }
}
