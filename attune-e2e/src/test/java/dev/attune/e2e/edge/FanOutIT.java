package dev.attune.e2e.edge;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many subscribers of one application, one of which does not take what it is sent. */
@DisplayName("W11: one receiver that stands still delays nobody, and gets the newest state once it goes on")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FanOutIT {
    private static final Coordinate FILE =
            new Coordinate("prod", "fan", Coordinate.DEFAULT_CLUSTER, "application.properties");
    private static final int RELEASES = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void threeHundredSubscribers() throws Exception {
        run(3, 100, 200_000, Duration.ofSeconds(30));
    }

    @Test
    @Tag("campaign")
    void tenThousandSubscribers() throws Exception {
        run(10, 1_000, 5_000, Duration.ofMinutes(2));
    }

    private AttuneClient client(ServerCluster cluster) throws Exception {
        return AttuneClient.builder()
                .endpoints(cluster.endpoints())
                .token(cluster.token())
                .snapshotDirectory(null)
                .startTimeout(Duration.ofSeconds(30))
                .callTimeout(Duration.ofSeconds(30))
                .build();
    }

    private void run(int clients, int subscriptions, int bytes, Duration patience) throws Exception {
        List<AttuneClient> opened = new ArrayList<>();
        try (ServerCluster cluster = ServerCluster.prepare(1, directory)) {
            cluster.start();
            AttuneClient publisher = client(cluster);
            opened.add(publisher);
            publish(publisher, 0, bytes);

            List<Config> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                AttuneClient client = client(cluster);
                opened.add(client);
                for (int j = 0; j < subscriptions; j++)
                    all.add(client.config(InstanceSpec.of("i-" + i + "-" + j, "prod", "fan")));
            }
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger told = new AtomicInteger();
            AttuneClient slow = client(cluster);
            opened.add(slow);
            Config standing = slow.config(InstanceSpec.of("slow", "prod", "fan"));
            standing.onChange(change -> {
                told.incrementAndGet();
                awaitQuietly(goOn);
            });

            for (int release = 1; release <= RELEASES; release++) publish(publisher, release, bytes);
            String newest = Integer.toString(RELEASES);
            Waiting.until(patience, "all have release " + newest, () -> all.stream()
                    .allMatch(each -> each.getString("release", "").equals(newest)));
            assertThat(told.get()).isLessThanOrEqualTo(1);
            goOn.countDown();
            Waiting.until(patience, "the slow one has it too", () -> standing.getString("release", "")
                    .equals(newest));
        } finally {
            opened.forEach(AttuneClient::close);
        }
    }

    private static void publish(AttuneClient publisher, int release, int bytes) throws Exception {
        String text = "release=" + release + "\nfiller=" + "x".repeat(bytes) + "\n";
        publisher.files().publish(FILE, Bytes.utf8(text), "").get(30, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
