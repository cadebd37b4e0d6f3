package dev.attune.e2e.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program's reads while the nodes it follows are killed and paused. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReadersIT {
    private static final int READERS = 4;

    /** A read is a map lookup; more than this means that it waited for something, even on a busy machine. */
    private static final Duration READ_MAX = Duration.ofSeconds(1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
    private volatile boolean stop;

    private void readOn(Config config) {
        long revision = 0;
        while (!stop) {
            long begun = System.nanoTime();
            try {
                var snapshot = config.snapshot();
                String greeting = config.getString("greeting", "missing");
                if (greeting.equals("missing")) troubles.add("value gone at revision " + config.revision());
                if (snapshot.revision() < revision) troubles.add(snapshot.revision() + " after " + revision);
                revision = snapshot.revision();
            } catch (RuntimeException e) {
                troubles.add(e.toString());
            }
            slowestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
            reads.incrementAndGet();
            LockSupport.parkNanos(20_000);
        }
    }

    @Test
    @DisplayName("S1, S3: readers never fail, never block and never go back while nodes are killed and paused")
    void readers_goOnWhateverHappensToTheNodes() throws Exception {
        try (ServerCluster cluster = ServerCluster.prepare(3, directory)) {
            cluster.start();
            Coordinate file = new Coordinate("prod", "orders", Coordinate.DEFAULT_CLUSTER, "application.properties");
            try (AttuneClient client = AttuneClient.builder()
                    .endpoints(cluster.endpoints())
                    .token(cluster.token())
                    .snapshotDirectory(directory.resolve("copies"))
                    .callTimeout(Duration.ofSeconds(30))
                    .build()) {
                client.files().publish(file, Bytes.utf8("greeting=0\n"), "").get(30, TimeUnit.SECONDS);
                try (Config config = client.config(InstanceSpec.of("orders-1", "prod", "orders"))) {
                    List<Thread> readers = new ArrayList<>();
                    for (int i = 0; i < READERS; i++) {
                        Thread reader = new Thread(() -> readOn(config), "reader-" + i);
                        reader.start();
                        readers.add(reader);
                    }
                    try {
                        disturb(cluster, client, file, config);
                    } finally {
                        stop = true;
                        for (Thread reader : readers) reader.join(10_000);
                    }
                }
            }
        }

        assertThat(troubles).isEmpty();
        assertThat(reads.get()).isGreaterThan(10_000);
        assertThat(Duration.ofNanos(slowestNanos.get())).isLessThan(READ_MAX);
    }

    private static void disturb(ServerCluster cluster, AttuneClient client, Coordinate file, Config config)
            throws Exception {
        ServerProcess leader = cluster.leader();
        leader.kill();
        change(client, file, config, "1");
        leader.start();
        leader.awaitReady(Duration.ofSeconds(40));

        ServerProcess paused = cluster.leader();
        paused.pause();
        change(client, file, config, "2");
        paused.resume();

        for (ServerProcess each : cluster.servers()) each.kill();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < until) {
            assertThat(config.getString("greeting", "missing")).isEqualTo("2");
            Thread.sleep(50);
        }
        for (ServerProcess each : cluster.servers()) each.start();
        cluster.awaitReady();
        change(client, file, config, "3");
    }

    /** Publishes a value and waits until the readers have it. */
    private static void change(AttuneClient client, Coordinate file, Config config, String value) throws Exception {
        client.files().publish(file, Bytes.utf8("greeting=" + value + "\n"), "").get(40, TimeUnit.SECONDS);
        Waiting.until(Duration.ofSeconds(20), "greeting=" + value + " arrives", () -> config.getString("greeting", "")
                .equals(value));
    }
}
