package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.cli.AttuneCli;
import dev.attune.cli.output.Terminal;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.model.config.InstanceSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
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
    private static final ObjectMapper JSON = new ObjectMapper();
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

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private final List<AttuneClient> clients = new ArrayList<>();
    private final List<Config> instances = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(1, directory);
        cluster.start();
        attune("pool:\n  size: 24\n", "put", "prod/orders/application.yaml");
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
        attune(POLICY, "put", "prod/orders/pool.policy");

        until(() -> sizes().contains(39));
        assertThat(sizes().stream().filter(each -> each == 39))
                .as("tried on one of four")
                .hasSize(1);
        until(() -> sizes().equals(List.of(39, 39, 39, 39)));
        JsonNode won =
                newest(each -> each.path("outcome").asText().equals("WON")).orElseThrow();
        JsonNode record = explained(won);
        assertThat(record.path("sentence").asText())
                .contains(
                        "tried pool.size = 39 instead of 24 on 1 of 4 instances", "takes it for all, as it measured +");
        assertThat(record.path("replays").asBoolean()).as("%s", record).isTrue();
        assertThat(record.path("evidence").path("difference").asDouble()).isBetween(0.1, 0.25);
        assertThat(history().get(0).path("author").asText()).isEqualTo("policy pool");
        assertThat(attune("", "tune", "timeline", "prod/orders", "pool.size")).contains("TRY", "WON");

        until(() -> !sizes().equals(List.of(39, 39, 39, 39)));
        assertThat(attune("", "tune", "list", "prod")).contains("tries");
        attune("", "tune", "pause", "prod/orders/pool", "-m", "stop");
        until(() -> sizes().equals(List.of(39, 39, 39, 39)));
        until(() -> newest(each -> each.path("outcome").asText().equals("WITHDRAWN"))
                .isPresent());
        until(() -> newest(each -> each.path("code").asText().equals("KILLED")).isPresent());
        assertThat(sizes()).as("nothing is tried any more").containsOnly(39);
        assertThat(attune("", "get", "prod/orders/application.yaml")).contains("size: 39");
    }

    private List<Integer> sizes() {
        return instances.stream().map(each -> each.getInt("pool.size", 0)).toList();
    }

    private Optional<JsonNode> newest(Predicate<JsonNode> which) throws Exception {
        return decisions().stream().filter(which).findFirst();
    }

    private JsonNode explained(JsonNode decision) throws Exception {
        return JSON.readTree(attune(
                "",
                "tune",
                "explain",
                "prod/orders/pool",
                decision.path("decision").asText(),
                "-o",
                "json"));
    }

    private List<JsonNode> decisions() throws Exception {
        List<JsonNode> list = new ArrayList<>();
        JSON.readTree(attune("", "tune", "explain", "prod/orders/pool", "--all", "--limit", "100", "-o", "json"))
                .path("decisions")
                .forEach(list::add);
        return list;
    }

    private List<JsonNode> history() throws Exception {
        List<JsonNode> list = new ArrayList<>();
        JSON.readTree(attune("", "history", "prod/orders/application.yaml", "-o", "json"))
                .path("releases")
                .forEach(list::add);
        return list;
    }

    private String attune(String input, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", directory.toString());
        environment.put("ATTUNE_TOKEN", cluster.token());
        environment.put("ATTUNE_ENDPOINTS", String.join(",", cluster.endpoints()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), print, print, false);
        int exit = AttuneCli.run(arguments, terminal, environment, directory);
        String said = out.toString(StandardCharsets.UTF_8);
        assertThat(exit).as("%s: %s", String.join(" ", arguments), said).isZero();
        return said;
    }

    /** Something that is so sooner or later. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private void until(Condition condition) throws Exception {
        long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until) throw new AssertionError("not so after 120 s: " + decisions());
            Thread.sleep(500);
        }
    }
}
