package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.signal.Signals;
import dev.attune.consensus.MemberId;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.http.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guarded rollouts of a real node to instances of the SDK, by a clock that goes twenty times as fast: ten minutes of
 * measurements are half a minute. Each instance is another 10 % slower or faster, and its latency has 3 % of noise.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
final class GuardedRolloutTest {
    private static final int SPEED = 20;
    private static final int INSTANCES = 6;
    private static final long SEED = 20260731L;

    private final HttpClient http = HttpClient.newHttpClient();
    private AttuneNode node;
    private String administrator;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = AttuneNode.start(
                NodeOptions.single(new MemberId("n1"), directory.resolve("data"), 0, 0),
                new HastyClock(SPEED),
                cause -> {});
        node.ready().get(60, TimeUnit.SECONDS);
        administrator = Files.readString(node.tokenFile()).strip();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private JsonNode call(String method, String path, String body, int... expected) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .header("Authorization", "Bearer " + administrator)
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isIn(java.util.Arrays.stream(expected).boxed().toList());
        return Json.tree(Bytes.wrap(response.body()));
    }

    /** Instances whose behaviour is their configuration. */
    private final class Fleet implements AutoCloseable {
        private final String application;
        private final List<AttuneClient> clients = new ArrayList<>();

        Fleet(String application) throws Exception {
            this.application = application;
            call("PUT", "/api/v1/envs/prod/apps/" + application + "/files/app.properties", "slower=1\n", 201);
            for (int i = 0; i < INSTANCES; i++) add(i);
        }

        private void add(int index) {
            AttuneClient client = AttuneClient.builder()
                    .endpoints("127.0.0.1:" + node.apiPort())
                    .token(administrator)
                    .snapshotDirectory(null)
                    .signalInterval(Duration.ofMillis(500))
                    .build();
            clients.add(client);
            Config config = client.config(InstanceSpec.of("i" + index, "prod", application));
            Signals signals = config.signals();
            Random random = new Random(SEED + index);
            double own = 0.9 + 0.2 * index / INSTANCES;
            signals.gauge(
                    "latency", () -> 20 * own * config.getDouble("slower", 1) * (1 + 0.03 * random.nextGaussian()));
            signals.source(to -> {
                signals.counter("requests").increment(400);
                signals.counter("failed").increment(config.getDouble("failing", 0) * 400);
                signals.log("INFO", "Served order " + random.nextInt(1_000));
                if (config.getBoolean("broken", false))
                    signals.log("ERROR", "Pool of order " + random.nextInt(1_000) + " is exhausted");
            });
        }

        /** Starts a rollout as soon as enough is known of the time before it, and waits for its end. */
        JsonNode rollOut(String text, String... guards) throws Exception {
            String path = begin(text, guards);
            return await(path, seen -> seen.path("ended").asBoolean());
        }

        /** How a rollout stands when it stands so. */
        JsonNode await(String path, Predicate<JsonNode> so) {
            JsonNode[] seen = {Json.object()};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> {
                        seen[0] = call("GET", path, "", 200);
                        assertThat(so.test(seen[0])).as(seen[0].toString()).isTrue();
                    });
            return seen[0];
        }

        /** Starts one as soon as enough is known of the time before it; its path. */
        String begin(String text, String... guards) throws Exception {
            String body = Json.object()
                    .put("strategy", "progressive")
                    .put("guards", "{\"guards\":[" + String.join(",", guards) + "]}")
                    .toString();
            String all = body.substring(0, body.length() - 1)
                    + ",\"stages\":[{\"count\":2,\"seconds\":2},{\"count\":3,\"seconds\":2}],\"files\":[{\"application\":\""
                    + application + "\",\"file\":\"app.properties\",\"text\":\"" + text + "\"}]}";
            JsonNode[] started = {Json.object()};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        started[0] = call("POST", "/api/v1/envs/prod/rollouts", all, 201, 412);
                        assertThat(started[0].path("number").asLong())
                                .as(started[0].toString())
                                .isPositive();
                    });
            return "/api/v1/envs/prod/rollouts/" + started[0].path("number").asLong();
        }

        @Override
        public void close() {
            clients.forEach(AttuneClient::close);
        }
    }

    private static final String LATENCY =
            "{\"name\":\"latency\",\"expr\":\"avg(latency{}, 10s)\",\"margin\":\"10%\",\"critical\":true}";
    private static final String ERRORS = "{\"name\":\"errors\",\"counts\":[\"failed_total{}\",\"requests_total{}\"],"
            + "\"margin\":\"50%\",\"critical\":true}";
    private static final String NEW_ERRORS = "{\"name\":\"new\",\"newErrorTemplate\":true}";

    @Test
    @DisplayName("a release that makes its instances slower by a quarter is found and taken back; nobody asked")
    void slowerRelease_isRolledBack() throws Exception {
        try (Fleet fleet = new Fleet("slow")) {
            JsonNode end = fleet.rollOut("slower=1.25\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(end.path("phase").asText()).as(end.toString()).isEqualTo("ROLLED_BACK");
            assertThat(end.path("reason").asText()).contains("judged: latency");
            JsonNode tile = end.path("judged")
                    .path(0)
                    .path("applications")
                    .path(0)
                    .path("guards")
                    .path(0);
            assertThat(tile.path("verdict").asText()).isEqualTo("REGRESSION");
            assertThat(tile.path("change").asDouble()).isBetween(0.15, 0.35);

            JsonNode again = fleet.rollOut("slower=1.25\\nagain=1\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(again.path("phase").asText())
                    .as("the next one is not judged by what the last did: %s", again)
                    .isEqualTo("ROLLED_BACK");
            assertThat(again.path("reason").asText()).contains("judged: latency");
        }
    }

    @Test
    @DisplayName("a release with a new kind of error is found and taken back")
    void releaseWithNewErrors_isRolledBack() throws Exception {
        try (Fleet fleet = new Fleet("broken")) {
            JsonNode end = fleet.rollOut("slower=1\\nbroken=true\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(end.path("phase").asText()).as(end.toString()).isEqualTo("ROLLED_BACK");
            assertThat(end.path("reason").asText()).contains("new error");

            JsonNode again = fleet.rollOut("slower=1\\nbroken=true\\nagain=1\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(again.path("phase").asText())
                    .as("what only canaries had does not become usual: %s", again)
                    .isEqualTo("ROLLED_BACK");
            assertThat(again.path("reason").asText()).contains("new error");
        }
    }

    @Test
    @DisplayName("a release that fails two in a hundred requests is found and taken back")
    void failingRelease_isRolledBack() throws Exception {
        try (Fleet fleet = new Fleet("failing")) {
            JsonNode end = fleet.rollOut("slower=1\\nfailing=0.02\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(end.path("phase").asText()).as(end.toString()).isEqualTo("ROLLED_BACK");
            assertThat(end.path("reason").asText()).contains("judged: errors");
        }
    }

    @Test
    @DisplayName("a release beside a deployment is left to a person, who is told of it")
    void releaseBesideADeployment_isNotJudged() throws Exception {
        try (Fleet fleet = new Fleet("beside")) {
            call("POST", "/api/v1/envs/prod/apps/beside/deployments", "{\"version\":\"\"}", 400);
            String path = fleet.begin("slower=1.25\\n", LATENCY);
            call("POST", "/api/v1/envs/prod/apps/beside/deployments", "{\"version\":\"2.1\"}", 200);

            JsonNode seen = fleet.await(
                    path,
                    so -> so.path("judged").path(0).path("reason").asText().contains("2.1"));
            assertThat(seen.path("judged").path(0).path("judgement").asText()).isEqualTo("UNDECIDED");
            assertThat(seen.path("judged").path(0).path("reason").asText())
                    .isEqualTo("confounded: changed at the same time: version 2.1 is deployed");
            call("POST", path + "/abort", "", 200, 202);
            fleet.await(path, so -> so.path("ended").asBoolean());
        }
    }

    @Test
    @DisplayName("a release that changes nothing measurable reaches everyone, each stage judged")
    void harmlessRelease_isCommitted() throws Exception {
        try (Fleet fleet = new Fleet("harmless")) {
            JsonNode end = fleet.rollOut("slower=1\\nother=2\\n", LATENCY, ERRORS, NEW_ERRORS);
            assertThat(end.path("phase").asText()).as(end.toString()).isEqualTo("COMMITTED");
            assertThat(end.path("judged")).hasSize(2);
            end.path("judged")
                    .forEach(each -> assertThat(each.path("judgement").asText()).isEqualTo("PASSED"));
        }
    }
}
