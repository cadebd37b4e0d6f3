package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.signal.Signals;
import dev.attune.consensus.MemberId;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals of a real node whose clock goes twenty times as fast: a step of ten seconds is half a second. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
final class SignalsOfANodeTest {
    private static final int SPEED = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final HastyClock clock = new HastyClock(SPEED);
    private AttuneNode node;
    private String administrator;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = AttuneNode.start(
                NodeOptions.single(new MemberId("n1"), directory.resolve("data"), 0, 0), clock, cause -> {});
        node.ready().get(60, TimeUnit.SECONDS);
        administrator = Files.readString(node.tokenFile()).strip();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private HttpResponse<byte[]> post(String path, String token, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) request.headers(headers);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private JsonNode get(String application, String more) throws Exception {
        URI uri = URI.create(
                "http://127.0.0.1:" + node.apiPort() + "/api/v1/envs/prod/apps/" + application + "/signals" + more);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + administrator)
                .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return Json.tree(Bytes.wrap(response.body()));
    }

    private JsonNode query(String application, String expression) throws Exception {
        return get(
                application,
                "/query?points=10&seconds=200&by=instance&expression="
                        + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    }

    private String scoped(String application, String verbs) throws Exception {
        String body = "{\"name\":\"t\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"prod\",\"application\":\""
                + application + "\",\"verbs\":[" + verbs + "]}]}";
        byte[] made = post("/api/v1/tokens", administrator, body.getBytes(StandardCharsets.UTF_8))
                .body();
        return Json.tree(Bytes.wrap(made)).get("token").asText();
    }

    private AttuneClient client(String token) {
        return AttuneClient.builder()
                .endpoints("127.0.0.1:" + node.apiPort())
                .token(token)
                .snapshotDirectory(null)
                .signalInterval(Duration.ofMillis(500))
                .build();
    }

    private static byte[] metrics(String application, long nowMillis, String metric) {
        String time = nowMillis == 0 ? "" : ",\"timeUnixNano\":\"" + nowMillis + "000000\"";
        return ("{\"resourceMetrics\":[{\"resource\":{\"attributes\":["
                        + "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"" + application + "\"}},"
                        + "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"i1\"}}]},"
                        + "\"scopeMetrics\":[{\"metrics\":[{\"name\":\"" + metric
                        + "\",\"gauge\":{\"dataPoints\":[{\"asDouble\":0.5" + time + "}]}}]}]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static final String[] JSON = {"Content-Type", "application/json", "Attune-Environment", "prod"};

    @Test
    @DisplayName(
            "what the SDK tells is joined to its instance and answers expressions; it ends when the instance leaves")
    void sdk_pushesOverItsSession() throws Exception {
        AttuneClient client = client(administrator);
        Config config = client.config(InstanceSpec.of("i1", "prod", "pushing"));
        Signals signals = config.signals();
        signals.gauge("queue.size", () -> 7);
        get("pushing", "");
        query("pushing", "avg(queue_size{},30s)");
        query("pushing", "quantile(0.5,latency_seconds{},60s)");
        for (int i = 0; i < 1_000; i++) signals.log("ERROR", "Order " + i + " of /10.0.0." + i % 9 + " failed");
        Thread feeding = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                signals.timer("latency").record(40, TimeUnit.MILLISECONDS);
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        feeding.start();
        try {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                JsonNode level = query("pushing", "avg(queue_size{},30s)");
                assertThat(level.path("value").asDouble()).as(level.toString()).isEqualTo(7);
                assertThat(level.path("byInstance").path(0).path("instance").asText())
                        .isEqualTo("i1");
                assertThat(level.path("points")).hasSizeGreaterThan(5);
                JsonNode median = query("pushing", "quantile(0.5,latency_seconds{},60s)");
                assertThat(median.path("value").asDouble())
                        .as(median.toString())
                        .isCloseTo(0.04, within(0.003));
            });
        } finally {
            feeding.interrupt();
        }
        JsonNode templates = get("pushing", "/templates?level=error").path("templates");
        assertThat(templates).hasSize(1);
        assertThat(templates.path(0).path("lines").asLong()).isEqualTo(1_000);
        JsonNode source = get("pushing", "/sources").path("sources").path(0);
        assertThat(source.path("joined").asBoolean()).isTrue();
        assertThat(source.path("door").asText()).isEqualTo("sdk");

        client.close();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(query("pushing", "instances(queue_size{})")
                                .path("value")
                                .asDouble())
                        .isZero());
    }

    @Test
    @DisplayName("trust: a token reports for the applications that it was given for, and for no others")
    void tokenOfAnotherApplication_isRefused() throws Exception {
        String billing = scoped("billing", "\"read\",\"report\"");
        assertThat(post("/v1/metrics", billing, metrics("trusted", 0, "a"), JSON)
                        .statusCode())
                .isEqualTo(403);
        assertThat(post("/v1/metrics", scoped("trusted", "\"read\""), metrics("trusted", 0, "a"), JSON)
                        .statusCode())
                .isEqualTo(403);
        assertThat(post("/v1/metrics", scoped("trusted", "\"report\""), metrics("trusted", 0, "a"), JSON)
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("trusted", "").path("discovered")).hasSize(1);
        assertThat(get("billing", "").path("discovered")).isEmpty();
    }

    @Test
    @DisplayName("a session whose token may not report is not heard, and goes on")
    void sessionWithoutTheRight_isNotHeard() throws Exception {
        try (AttuneClient client = client(scoped("silent", "\"read\""))) {
            Config config = client.config(InstanceSpec.of("i1", "prod", "silent"));
            config.signals().gauge("x", () -> 1);
            assertThat(config.awaitCentre(Duration.ofSeconds(20))).isTrue();
            await().pollDelay(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(get("silent", "/sources").path("sources"))
                            .isEmpty());
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void otlp_answersWithWhatBecameOfEachPoint() throws Exception {
        HttpResponse<byte[]> fine = post("/v1/metrics", administrator, metrics("otlp", clock.millis(), "a"), JSON);
        assertThat(new String(fine.body(), StandardCharsets.UTF_8)).isEqualTo("{}");

        HttpResponse<byte[]> future =
                post("/v1/metrics", administrator, metrics("otlp", clock.millis() + 900_000, "a"), JSON);
        assertThat(future.statusCode()).isEqualTo(200);
        JsonNode partial = Json.tree(Bytes.wrap(future.body())).path("partialSuccess");
        assertThat(partial.path("rejectedDataPoints").asText()).isEqualTo("1");
        assertThat(partial.path("errorMessage").asText()).contains("1 future");

        assertThat(post("/v1/metrics", administrator, "{".getBytes(StandardCharsets.UTF_8), JSON)
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("/v1/metrics", administrator, new byte[] {1, 2, 3}, "Content-Type", "application/x-protobuf")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("/v1/metrics", administrator, new byte[0], "Content-Type", "application/x-protobuf")
                        .statusCode())
                .isEqualTo(200);
        byte[] bomb = gzip(new byte[20 << 20]);
        assertThat(post(
                                "/v1/metrics",
                                administrator,
                                bomb,
                                "Content-Type",
                                "application/x-protobuf",
                                "Content-Encoding",
                                "gzip")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void jsonLines_areCountedByLevelAndTemplate() throws Exception {
        String lines = "{\"ts\":" + clock.millis() + ",\"level\":\"WARN\",\"env\":\"prod\",\"app\":\"lines\","
                + "\"instance\":\"i1\",\"msg\":\"Retry 1 of 3\"}\n\n"
                + "{\"level\":\"warning\",\"app\":\"lines\",\"instance\":\"i1\",\"msg\":\"Retry 2 of 3\"}\n"
                + "{\"ts\":1000,\"app\":\"lines\",\"instance\":\"i1\",\"msg\":\"old\"}\nnonsense\n";
        HttpResponse<byte[]> response =
                post("/v1/logs/jsonl?environment=prod", administrator, lines.getBytes(StandardCharsets.UTF_8));
        JsonNode answer = Json.tree(Bytes.wrap(response.body()));
        assertThat(answer.path("accepted").asLong()).as(answer.toString()).isEqualTo(2);
        assertThat(answer.path("refused").asLong()).isEqualTo(2);
        JsonNode templates = get("lines", "/templates").path("templates");
        assertThat(templates).hasSize(1);
        assertThat(templates.path(0).path("level").asText()).isEqualTo("WARN");
        assertThat(templates.path(0).path("template").asText()).isEqualTo("Retry <num> of <num>");
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
