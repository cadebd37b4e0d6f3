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
 * A real server process and two instances of the SDK that measure: the whole way from a measurement to a released value and
 * back. The instances fail every other request as soon as their queue is shorter than 200.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AdaptIT {
    private static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: queue, app: orders}
            spec:
              mode: auto
              key: queue.size
              range: {min: 32, max: 1024}
              envelope: [32, 1024]
              steps: {when: 'avg(busy, 20s) > 0.9', for: 0s, set: 192}
              guards:
                - {name: failures, counts: ['failed_total{}', 'requests_total{}'], limit: 0.2, critical: true}
              verify: 2m
              limits: {tick: 10s, perHour: 60, cooldown: 10s, stabilize: 0s}
            """;

    private static final String FILE = "prod/orders/application.yaml";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private TuneTerminal terminal = new TuneTerminal(cluster, Path.of("unused"), "");
    private final List<AttuneClient> clients = new ArrayList<>();
    private final List<Config> instances = new ArrayList<>();
    private volatile double busy = 0.5;

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(1, directory);
        terminal = new TuneTerminal(cluster, directory, "prod/orders/queue");
        cluster.start();
        terminal.attune("queue:\n  size: 256\n", "put", FILE);
        for (int i = 1; i <= 2; i++) {
            AttuneClient client = AttuneClient.builder()
                    .endpoints(cluster.endpoints())
                    .token(cluster.token())
                    .snapshotDirectory(null)
                    .signalInterval(Duration.ofSeconds(2))
                    .build();
            clients.add(client);
            Config config = client.config(InstanceSpec.of("i" + i, "prod", "orders"));
            instances.add(config);
            config.signals().gauge("busy", () -> busy);
            config.signals().source(to -> {
                config.signals().counter("requests").increment(20);
                config.signals().counter("failed").increment(config.getInt("queue.size", 256) < 200 ? 10 : 0);
            });
        }
    }

    @AfterEach
    void end() {
        clients.forEach(AttuneClient::close);
        cluster.close();
    }

    @Test
    @DisplayName(
            "R10: what instances measure moves a value, with its record; what hurts is taken back; a kill switch stops both")
    void measurements_moveAValue_andWhatHurtsIsTakenBack() throws Exception {
        terminal.attune(POLICY, "put", "prod/orders/queue.policy");
        terminal.until(() ->
                terminal.newest(each -> each.path("code").asText().isEmpty()).isPresent());

        terminal.attune("", "tune", "kill-switch", "set", "prod", "-m", "incident");
        busy = 0.95;
        terminal.until(() -> terminal.decisions().stream()
                        .filter(each -> each.path("code").asText().equals("KILLED"))
                        .count()
                >= 4);
        assertThat(sizes()).as("while automation is off").containsOnly(256);
        terminal.attune("", "tune", "kill-switch", "clear", "prod");

        terminal.until(() -> sizes().equals(List.of(192, 192)));
        JsonNode made =
                terminal.newest(each -> each.path("release").asLong() > 0).orElseThrow();
        JsonNode record = terminal.explained(made);
        assertThat(record.path("outcome").asText()).isEqualTo("APPLY");
        assertThat(record.path("sentence").asText()).contains("changes queue.size from 256 to 192");
        assertThat(record.path("replays").asBoolean()).as("%s", record).isTrue();
        assertThat(record.path("signals").toString()).contains("busy");
        assertThat(terminal.history(FILE).get(0).path("release").asLong())
                .isEqualTo(made.path("release").asLong());

        terminal.until(() -> sizes().equals(List.of(256, 256)));
        terminal.until(() -> terminal.explained(made).path("then").size() > 0);
        JsonNode then = terminal.explained(made).path("then").get(0);
        assertThat(then.path("what").asText()).as("%s", then).isEqualTo("REVERTED");
        assertThat(then.path("sentence").asText()).contains("failures", "past the absolute limit");
        assertThat(terminal.history(FILE))
                .extracting(each -> each.path("author").asText())
                .startsWith("policy queue", "policy queue");
        assertThat(terminal.history(FILE)).as("history only grows").hasSize(3);

        long before = terminal.decisions().size();
        terminal.until(() -> terminal.decisions().size() >= before + 3);
        assertThat(sizes()).as("the value that hurt is barred").containsOnly(256);
        assertThat(terminal.attune("", "signals", "sources", "prod/orders")).contains("i1", "i2", "sdk");
    }

    private List<Integer> sizes() {
        return instances.stream().map(each -> each.getInt("queue.size", 0)).toList();
    }
}
