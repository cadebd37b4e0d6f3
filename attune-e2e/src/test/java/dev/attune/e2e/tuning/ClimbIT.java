package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.model.config.InstanceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server process and four instances of the SDK whose goodput depends on the value that they have: a climb tries on
 * one of them, takes what is better for all, and leaves nothing behind when it is stopped.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClimbIT {
    private static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: pool, app: orders}
            spec:
              mode: auto
              key: pool.size
              envelope: [4, 104]
              maximize: 'avg(goodput, 10s)'
              windows: 1
              limits: {tick: 10s, perHour: 60, cooldown: 0s}
            """;

    private static final String FILE = "prod/orders/application.yaml";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private TuneTerminal terminal = new TuneTerminal(cluster, Path.of("unused"), "");
    private final List<AttuneClient> clients = new ArrayList<>();
    private final List<Config> instances = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(1, directory);
        terminal = new TuneTerminal(cluster, directory, "prod/orders/pool");
        cluster.start();
        terminal.attune("pool:\n  size: 24\n", "put", FILE);
        for (int i = 1; i <= 4; i++) {
            AttuneClient client = AttuneClient.builder()
                    .endpoints(cluster.endpoints())
                    .token(cluster.token())
                    .snapshotDirectory(null)
                    .signalInterval(Duration.ofSeconds(2))
                    .build();
            clients.add(client);
            Config config = client.config(InstanceSpec.of("i" + i, "prod", "orders"));
            instances.add(config);
            double own = 1 + i * 0.05;
            config.signals().gauge("goodput", () -> own * goodput(config.getInt("pool.size", 24)));
        }
    }

    /** Best at 54. */
    private static double goodput(int size) {
        return 100 - (size - 54) * (size - 54) / 50.0;
    }

    @AfterEach
    void end() {
        clients.forEach(AttuneClient::close);
        cluster.close();
    }

    @Test
    @DisplayName("R10: a climb tries on some, takes what is better for all, and is taken back when it is stopped")
    void trialsClimbTowardsTheOptimum_andEndWhenThePolicyIsPaused() throws Exception {
        terminal.attune(POLICY, "put", "prod/orders/pool.policy");

        terminal.until(() -> sizes().contains(39));
        assertThat(sizes().stream().filter(each -> each == 39))
                .as("tried on one of four")
                .hasSize(1);
        terminal.until(() -> sizes().equals(List.of(39, 39, 39, 39)));
        JsonNode won = terminal.newest(each -> each.path("outcome").asText().equals("WON"))
                .orElseThrow();
        JsonNode record = terminal.explained(won);
        assertThat(record.path("sentence").asText())
                .contains(
                        "tried pool.size = 39 instead of 24 on 1 of 4 instances", "takes it for all, as it measured +");
        assertThat(record.path("replays").asBoolean()).as("%s", record).isTrue();
        assertThat(record.path("evidence").path("difference").asDouble()).isBetween(0.1, 0.25);
        assertThat(terminal.history(FILE).get(0).path("author").asText()).isEqualTo("policy pool");
        assertThat(terminal.attune("", "tune", "timeline", "prod/orders", "pool.size"))
                .contains("TRY", "WON");

        terminal.until(() -> !sizes().equals(List.of(39, 39, 39, 39)));
        assertThat(terminal.attune("", "tune", "list", "prod")).contains("tries");
        terminal.attune("", "tune", "pause", "prod/orders/pool", "-m", "stop");
        terminal.until(() -> sizes().equals(List.of(39, 39, 39, 39)));
        terminal.until(
                () -> terminal.newest(each -> each.path("outcome").asText().equals("WITHDRAWN"))
                        .isPresent());
        terminal.until(() -> terminal.newest(each -> each.path("code").asText().equals("KILLED"))
                .isPresent());
        assertThat(sizes()).as("nothing is tried any more").containsOnly(39);
        assertThat(terminal.attune("", "get", FILE)).contains("size: 39");
    }

    private List<Integer> sizes() {
        return instances.stream().map(each -> each.getInt("pool.size", 0)).toList();
    }
}
