package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers, a policy whose signals never come, and a leader that dies: the policy falls back to a fixed value once its
 * signals have been missing for long enough, counted from the first tick under the first leader.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TuningIT {
    private static final long TICK_MILLIS = 10_000;
    private static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: queue, app: orders}
            spec:
              mode: auto
              key: queue.size
              envelope: [32, 1024]
              goal: {metric: 'avg(heap, 30s)', below: 0.8, kind: hard, gain: 0.0005}
              limits: {tick: 10s, onMissing: 200, missingFor: 35s}
            """;

    private static final String FILE = "prod/orders/application.yaml";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private ServerCluster cluster = ServerCluster.prepare(1, Path.of("unused"));
    private TuneTerminal terminal = new TuneTerminal(cluster, Path.of("unused"), "");

    @BeforeEach
    void start() throws Exception {
        cluster = ServerCluster.prepare(3, directory);
        terminal = new TuneTerminal(cluster, directory, "prod/orders/queue");
        cluster.start();
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    @Test
    @DisplayName("R10: whoever leads, each tick is decided once, and the policy's memory goes on with the next leader")
    void leaderKilledBetweenTicks_thePolicyGoesOnWhereItStood() throws Exception {
        terminal.attune("queue:\n  size: 256\n", "put", FILE);
        String refused = terminal.attune(POLICY.replace("avg(heap", "avrg(heap"), 2, "put", "prod/orders/queue.policy");
        assertThat(refused).contains("line 7, column", "avrg");
        terminal.attune(POLICY, "put", "prod/orders/queue.policy");
        terminal.until(() -> terminal.decisions().size() >= 2);
        ServerProcess leader = cluster.leader();
        leader.kill();
        cluster.leader();
        leader.start();

        terminal.until(() -> value().equals("200"));
        terminal.until(() -> terminal.decisions().get(0).path("time").asText().compareTo(changed()) > 0);

        List<JsonNode> all = terminal.decisions();
        Set<Long> ticks = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).path("decision").asLong()).isEqualTo(all.size() - i);
            long at = Instant.parse(all.get(i).path("time").asText()).toEpochMilli();
            assertThat(ticks.add(at / TICK_MILLIS))
                    .as("one decision for each tick: %s", all)
                    .isTrue();
        }
        List<Long> terms = new ArrayList<>();
        for (int i = 1; i <= all.size(); i++) {
            JsonNode one = terminal.explained(all.get(all.size() - i));
            terms.add(one.path("term").asLong());
            assertThat(one.path("replays").asBoolean()).as("replays: %s", one).isTrue();
        }
        assertThat(terms).isSorted();
        assertThat(new HashSet<>(terms)).as("decided by both leaders").hasSizeGreaterThan(1);
        Instant first = Instant.parse(all.get(all.size() - 1).path("time").asText());
        Duration waited = Duration.between(first, Instant.parse(changed()));
        assertThat(waited)
                .as("missing since the first leader's first tick")
                .isBetween(Duration.ofSeconds(34), Duration.ofSeconds(75));
        assertThat(terminal.attune("", "tune", "timeline", "prod/orders", "queue.size"))
                .contains("200", "TUNING", "policy queue");
    }

    @Test
    void theKillSwitch_setAtAnyNode_stopsThePolicy() throws Exception {
        terminal.attune("queue:\n  size: 256\n", "put", FILE);
        terminal.attune("", "tune", "kill-switch", "set", "prod", "-m", "incident");
        terminal.attune(POLICY.replace("missingFor: 35s", "missingFor: 5s"), "put", "prod/orders/queue.policy");
        terminal.until(() -> terminal.decisions().size() >= 3);

        assertThat(value()).isEqualTo("256");
        assertThat(terminal.decisions())
                .allMatch(each -> each.path("code").asText().equals("KILLED"));
        assertThat(terminal.attune("", "tune", "list", "prod")).contains("off: prod, by", "incident");
        terminal.attune("", "tune", "kill-switch", "clear", "prod");
        terminal.until(() -> value().equals("200"));
    }

    /** When the policy changed the key. */
    private String changed() throws Exception {
        for (JsonNode each : terminal.decisions())
            if (each.path("outcome").asText().equals("APPLY"))
                return each.path("time").asText();
        return "9";
    }

    private String value() throws Exception {
        String text = terminal.attune("", "get", FILE);
        return text.substring(text.indexOf("size:") + 5).strip();
    }
}
