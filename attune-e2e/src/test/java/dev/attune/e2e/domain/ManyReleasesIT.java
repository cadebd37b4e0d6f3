package dev.attune.e2e.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Releases in a row while subscribers follow. 500 releases and 200 subscribers, each with its own connection, unless told;
 * the whole of it: {@code -Dattune.releases=10000 -Dattune.subscribers=1000 -Dattune.perConnection=20}.
 */
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisplayName("S1, S2: whatever is published in a row, nobody goes back and nobody misses the last state")
final class ManyReleasesIT {
    private static final Coordinate FILE =
            new Coordinate("prod", "row", Coordinate.DEFAULT_CLUSTER, "application.properties");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** One subscriber, and the newest release that it was told of. */
    private record Follower(Config config, AtomicLong newest, AtomicLong backwards) {}

    @Test
    void everySubscriber_endsWithTheLastRelease() throws Exception {
        int releases = Integer.getInteger("attune.releases", 500);
        int subscribers = Integer.getInteger("attune.subscribers", 200);
        int perConnection = Integer.getInteger("attune.perConnection", 1);
        List<AttuneClient> clients = new ArrayList<>();
        List<Follower> followers = new ArrayList<>();
        try (ServerCluster cluster = ServerCluster.prepare(1, directory)) {
            cluster.start();
            try (AttuneClient publisher = client(cluster)) {
                publish(publisher, 0);
                for (int i = 0; i < subscribers; i++) {
                    if (i % perConnection == 0) clients.add(client(cluster));
                    followers.add(follower(clients.get(clients.size() - 1), i));
                }
                long begun = System.nanoTime();
                for (int i = 1; i <= releases; i++) {
                    publish(publisher, i);
                    if (i % 1_000 == 0)
                        System.out.printf("%d releases after %.1f s%n", i, (System.nanoTime() - begun) / 1e9);
                }
                double published = (System.nanoTime() - begun) / 1e9;
                Centre.until("all have the last release", () -> followers.stream()
                        .allMatch(each -> each.config().getInt("release", -1) == releases));
                double all = (System.nanoTime() - begun) / 1e9;
                assertThat(followers).allMatch(each -> each.backwards().get() == 0);
                assertThat(followers).allMatch(each -> each.newest().get() <= releases);
                System.out.printf(
                        "%d releases to %d subscribers on %d connections: published in %.1f s, all had the last after %.1f s%n",
                        releases, subscribers, clients.size(), published, all);
            } finally {
                clients.forEach(AttuneClient::close);
            }
        }
    }

    private static Follower follower(AttuneClient client, int number) throws Exception {
        Config config = client.config(InstanceSpec.of("i-" + number, "prod", "row"));
        AtomicLong newest = new AtomicLong();
        AtomicLong backwards = new AtomicLong();
        config.onChange(change -> {
            long now = config.getInt("release", -1);
            if (newest.getAndSet(now) > now) backwards.incrementAndGet();
        });
        return new Follower(config, newest, backwards);
    }

    private static AttuneClient client(ServerCluster cluster) throws Exception {
        return AttuneClient.builder()
                .endpoints(cluster.endpoints())
                .token(cluster.token())
                .snapshotDirectory(null)
                .startTimeout(Duration.ofSeconds(60))
                .callTimeout(Duration.ofSeconds(60))
                .build();
    }

    private static void publish(AttuneClient publisher, int release) throws Exception {
        publisher
                .files()
                .publish(FILE, Bytes.utf8("release=" + release + "\n"), "", release)
                .get(60, TimeUnit.SECONDS);
    }
}
