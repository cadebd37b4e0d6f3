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
 * Releases in a row while subscribers, each with its own connection, follow. 500 releases and 200 subscribers unless
 * told; the whole of it: {@code -Dattune.releases=10000 -Dattune.subscribers=1000}.
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
    private record Follower(AttuneClient client, Config config, AtomicLong newest, AtomicLong backwards) {}

    @Test
    void everySubscriber_endsWithTheLastRelease() throws Exception {
        int releases = Integer.getInteger("attune.releases", 500);
        int subscribers = Integer.getInteger("attune.subscribers", 200);
        List<Follower> followers = new ArrayList<>();
        try (ServerCluster cluster = ServerCluster.prepare(1, directory)) {
            cluster.start();
            try (AttuneClient publisher = client(cluster)) {
                publish(publisher, 0);
                for (int i = 0; i < subscribers; i++) followers.add(follower(cluster, i));
                long begun = System.nanoTime();
                for (int i = 1; i <= releases; i++) publish(publisher, i);
                double published = (System.nanoTime() - begun) / 1e9;
                Centre.until("all have the last release", () -> followers.stream()
                        .allMatch(each -> each.config().getInt("release", -1) == releases));
                double all = (System.nanoTime() - begun) / 1e9;
                assertThat(followers).allMatch(each -> each.backwards().get() == 0);
                assertThat(followers).allMatch(each -> each.newest().get() <= releases);
                System.out.printf(
                        "%d releases to %d subscribers: published in %.1f s, all had the last after %.1f s%n",
                        releases, subscribers, published, all);
            } finally {
                followers.forEach(each -> each.client().close());
            }
        }
    }

    private static Follower follower(ServerCluster cluster, int number) throws Exception {
        AttuneClient client = client(cluster);
        Config config = client.config(InstanceSpec.of("i-" + number, "prod", "row"));
        AtomicLong newest = new AtomicLong();
        AtomicLong backwards = new AtomicLong();
        config.onChange(change -> {
            long now = config.getInt("release", -1);
            if (newest.getAndSet(now) > now) backwards.incrementAndGet();
        });
        return new Follower(client, config, newest, backwards);
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
