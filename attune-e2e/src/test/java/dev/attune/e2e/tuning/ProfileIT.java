package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.CliProcess;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server process, three instances of the SDK, and the command that tries values on one of them. Takes five minutes. */
@Tag("campaign")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
final class ProfileIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int INSTANCES = 3;

    private Path directory;
    private ServerCluster cluster;
    private CliProcess attune;
    private final List<AttuneClient> clients = new ArrayList<>();
    private final List<Config> instances = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path given) throws Exception {
        directory = given;
        cluster = ServerCluster.prepare(1, directory.resolve("cluster"));
        cluster.start();
        attune = new CliProcess(
                directory, Map.of("ATTUNE_ENDPOINTS", cluster.endpoints().get(0), "ATTUNE_TOKEN", cluster.token()));
        ok("put", "prod/orders/application.yaml", "--text", "queue:\n  size: 256\n");
        for (int i = 1; i <= INSTANCES; i++) {
            AttuneClient client = AttuneClient.builder()
                    .endpoints(cluster.endpoints())
                    .token(cluster.token())
                    .snapshotDirectory(null)
                    .signalInterval(Duration.ofSeconds(2))
                    .build();
            clients.add(client);
            Config config = client.config(InstanceSpec.of("i" + i, "prod", "orders"));
            instances.add(config);
            config.signals().gauge("heap", () -> 0.2 + 0.001 * config.getInt("queue.size", 0));
        }
        ok(
                "put",
                "prod/orders/queue.policy",
                "--text",
                """
                kind: TuningPolicy
                metadata: {name: queue, app: orders}
                spec:
                  mode: recommend
                  key: queue.size
                  envelope: [100, 500]
                  goal: {metric: 'max(heap, 10s)', below: 0.8, kind: hard, gain: auto}
                  limits: {tick: 10s}
                """);
    }

    @AfterAll
    void end() {
        clients.forEach(AttuneClient::close);
        cluster.close();
    }

    private String ok(String... arguments) throws Exception {
        CliProcess.Ended ended = attune.run(arguments);
        assertThat(ended.code())
                .as(String.join(" ", arguments) + "\n" + ended.err())
                .isZero();
        return ended.out();
    }

    @Test
    @DisplayName("a model is learnt by trying values on one of three, and all have the former value after")
    void valuesAreTriedOnOne_andAModelIsLearnt() throws Exception {
        JsonNode before = JSON.readTree(ok("-o", "json", "tune", "list", "prod"));
        assertThat(before.path("policies").path(0).path("problem").asText()).contains("gain: auto");

        Path out = directory.resolve("profile.out");
        Path err = directory.resolve("profile.err");
        Process trying = attune.start(
                out,
                err,
                "-o",
                "json",
                "tune",
                "profile",
                "prod/orders/queue",
                "--cohort",
                "1",
                "--levels",
                "4",
                "--windows",
                "3",
                "--seed",
                "7");
        assertThat(trying.waitFor(8, TimeUnit.MINUTES)).isTrue();
        assertThat(trying.exitValue()).as(CliProcess.textOf(err)).isZero();
        JsonNode profile = JSON.readTree(CliProcess.textOf(out));

        assertThat(profile.path("settings").asInt()).as("%s", profile).isEqualTo(4);
        assertThat(profile.path("gain").asDouble()).isBetween(0.0009, 0.0011);
        assertThat(profile.path("r2").asDouble()).isGreaterThan(0.95);
        for (Config each : instances) assertThat(each.getInt("queue.size", 0)).isEqualTo(256);
        assertThat(ok("get", "prod/orders/application.yaml")).contains("size: 256");
        JsonNode after = JSON.readTree(ok("-o", "json", "tune", "list", "prod"));
        assertThat(after.path("policies").path(0).path("problem").asText()).isEmpty();
    }
}
