package dev.attune.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.client.AttuneClient;
import dev.attune.model.Bytes;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that keep the data and one that only votes, as processes. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WitnessIT {
    private static final Duration READY = Duration.ofSeconds(40);
    private static final int VALUES = 170;
    private static final int VALUE_BYTES = 512 << 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    @DisplayName(
            "G5, G10: with a witness a leader that dies takes no acknowledged write along, and the witness stays small")
    void the_leader_dies_and_a_witness_votes_for_the_other() throws Exception {
        cluster = ServerCluster.withWitness(3, directory);
        for (ServerProcess server : cluster.servers()) server.start();
        ServerProcess one = cluster.servers().get(0);
        ServerProcess two = cluster.servers().get(1);
        ServerProcess witness = cluster.servers().get(2);
        one.awaitReady(READY);
        two.awaitReady(READY);

        try (AttuneClient client = client(one.endpoint(), two.endpoint())) {
            for (int i = 0; i < VALUES; i++) put(client, i);
            awaitSmall(witness, bytes(one) / 2);

            ServerProcess leader = cluster.leader();
            leader.kill();
            for (int i = VALUES; i < VALUES + 10; i++) put(client, i);
            for (int i = 0; i < VALUES + 10; i++)
                assertThat(present(client, i)).as("value %d", i).isTrue();
            leader.start();
            leader.awaitReady(READY);
        }

        assertThat(cluster.leader().get("/api/v1/cluster", cluster.token())).contains("\"witness\"");
        assertThat(witness.get("/healthz", "")).contains("up");
        HttpResponse<String> refused = witness.send("GET", "/api/v1/cluster", cluster.token());
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body())
                .contains("n3 is a witness")
                .contains(one.endpoint())
                .contains(two.endpoint());
        assertThat(witness.dataDirectory().resolve("state")).doesNotExist();
    }

    private AttuneClient client(String... endpoints) throws Exception {
        return AttuneClient.builder()
                .endpoints(List.of(endpoints))
                .token(cluster.token())
                .snapshotDirectory(null)
                .build();
    }

    private static void put(AttuneClient client, int number) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (true) {
            try {
                var unused = client.kv().put(key(number), value(number)).get(20, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                if (System.nanoTime() > until) throw e;
                Thread.sleep(50);
            }
        }
    }

    private static boolean present(AttuneClient client, int number) throws Exception {
        return client.kv()
                .get(key(number))
                .get(20, TimeUnit.SECONDS)
                .filter(found -> found.value().equals(value(number)))
                .isPresent();
    }

    private static Bytes key(int number) {
        return Bytes.utf8("large/" + number);
    }

    private static Bytes value(int number) {
        byte[] bytes = new byte[VALUE_BYTES];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (i * 31 + number);
        return Bytes.wrap(bytes);
    }

    private static void awaitSmall(ServerProcess witness, long most) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (bytes(witness) > most && System.nanoTime() < until) Thread.sleep(200);
        assertThat(bytes(witness)).as("bytes on the witness's disk").isLessThanOrEqualTo(most);
    }

    private static long bytes(ServerProcess server) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(server.dataDirectory())) {
            all = files.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path each : all) {
            try {
                bytes += Files.size(each);
            } catch (IOException e) {
                // Removed meanwhile.
            }
        }
        return bytes;
    }
}
