package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Policies over the API of a real node. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TuneApiTest {
    private static final String POLICY =
            """
            kind: TuningPolicy
            metadata: {name: queue, app: orders}
            spec:
              mode: shadow
              key: queue.size
              envelope: [32, 1024]
              goal: {metric: 'avg(heap, 30s)', below: 0.8, kind: hard, gain: 0.0005}
              limits: {tick: 10s}
            """;

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = RunningNode.start(directory.resolve("data"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private HttpResponse<String> admin(String method, String path, String body) throws Exception {
        return node.call(method, path, node.administrator(), body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }

    private static String file(String environment, String name) {
        return "/api/v1/envs/" + environment + "/apps/orders/files/" + name;
    }

    private static String tune(String environment, String more) {
        return "/api/v1/envs/" + environment + "/apps/orders/tune" + more;
    }

    @Test
    void aPolicyWithAMistake_isRefusedWithItsPlaceAndNothingIsReleased() throws Exception {
        HttpResponse<String> wrong =
                admin("PUT", file("bad", "queue.policy"), POLICY.replace("avg(heap, 30s)", "avg(heap)"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("line 7, column", "no matching overload");
        HttpResponse<String> foreign = admin("PUT", file("bad", "queue.policy"), POLICY.replace("orders}", "billing}"));
        assertThat(foreign.statusCode()).isEqualTo(400);
        assertThat(foreign.body()).contains("metadata.app: billing", "expected: orders");
        assertThat(admin("GET", file("bad", "queue.policy"), "").statusCode()).isEqualTo(404);
        String change =
                "{\"edits\":[{\"application\":\"orders\",\"file\":\"queue.policy\",\"text\":\"kind: Cow\\n\"}]}";
        assertThat(admin("POST", "/api/v1/envs/bad/changes", change).statusCode())
                .as("in a change too")
                .isEqualTo(400);
    }

    @Test
    void aPolicy_isListedDecidesAndIsExplained() throws Exception {
        admin("PUT", file("prod", "application.yaml"), "queue:\n  size: 256\n");
        assertThat(admin("PUT", file("prod", "queue.policy"), POLICY).statusCode())
                .isEqualTo(201);

        JsonNode listed = json(admin("GET", "/api/v1/envs/prod/tune", ""))
                .path("policies")
                .path(0);
        assertThat(listed.path("policy").asText()).isEqualTo("queue");
        assertThat(listed.path("mode").asText()).isEqualTo("shadow");
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(30))
                .until(() -> json(admin("GET", tune("prod", "/policies/queue/decisions?all=true"), ""))
                                .path("decisions")
                                .size()
                        > 0);
        JsonNode first = json(admin("GET", tune("prod", "/policies/queue/decisions/1"), ""));
        assertThat(first.path("sentence").asText()).contains("queue r1-", "leaves queue.size at 256", "[NO_DATA]");
        assertThat(first.path("replays").asBoolean()).isTrue();
        assertThat(first.path("signals").path(0).path("name").asText()).isEqualTo("metric");
        assertThat(admin("GET", tune("prod", "/policies/queue/decisions/99"), "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(admin("POST", tune("prod", "/policies/queue/decisions/1/approve"), "")
                        .statusCode())
                .as("it asks for nothing")
                .isEqualTo(412);
        JsonNode timeline = json(admin("GET", tune("prod", "/timeline?key=queue.size"), ""));
        assertThat(timeline.path("entries").path(0).path("value").asText()).isEqualTo("256");
        assertThat(admin("GET", "/metrics", "").body()).contains("attune_tuning_decisions_total{code=\"no_data\"}");
    }

    @Test
    void pinsPausesAndSwitches_areSetShownAndTakenAway() throws Exception {
        admin("PUT", file("held", "application.yaml"), "queue:\n  size: 256\n");
        admin("PUT", file("held", "queue.policy"), POLICY);

        JsonNode pinned = json(admin("PUT", tune("held", "/pins/queue.size?value=64&seconds=60&message=sale"), ""));
        assertThat(pinned.path("release").asLong()).isEqualTo(2);
        assertThat(json(admin("GET", tune("held", "/pins"), ""))
                        .path("pins")
                        .path(0)
                        .path("why")
                        .asText())
                .isEqualTo("sale");
        assertThat(admin("GET", file("held", "application.yaml"), "").body()).contains("64");
        assertThat(admin("DELETE", tune("held", "/pins/queue.size"), "").statusCode())
                .isEqualTo(204);
        assertThat(json(admin("GET", tune("held", "/pins"), "")).path("pins")).isEmpty();

        admin("POST", tune("held", "/policies/queue/pause?seconds=60"), "");
        assertThat(json(admin("GET", tune("held", "/policies/queue"), ""))
                        .path("off")
                        .asText())
                .startsWith("policy, by");
        admin("POST", tune("held", "/policies/queue/resume"), "");
        admin("PUT", "/api/v1/tune/kill-switch?message=incident", "");
        assertThat(json(admin("GET", tune("held", "/policies/queue"), ""))
                        .path("off")
                        .asText())
                .startsWith("cluster, by");
        assertThat(json(admin("GET", "/api/v1/tune/kill-switch", ""))
                        .path("off")
                        .path(0)
                        .path("why")
                        .asText())
                .isEqualTo("incident");
        admin("DELETE", "/api/v1/tune/kill-switch", "");
        assertThat(json(admin("GET", tune("held", "/policies/queue"), ""))
                        .path("off")
                        .asText())
                .isEmpty();
        assertThat(admin("PUT", tune("held", "/pins/queue.size?seconds=99999999999"), "")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void whoSeesNothingOfAnApplication_seesNoneOfItsPolicies() throws Exception {
        admin("PUT", file("seen", "application.yaml"), "queue:\n  size: 256\n");
        admin("PUT", file("seen", "queue.policy"), POLICY);
        String token = json(admin(
                        "POST",
                        "/api/v1/tokens",
                        "{\"name\":\"b\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"seen\","
                                + "\"application\":\"billing\",\"verbs\":[\"admin\"]}]}"))
                .path("token")
                .asText();

        assertThat(json(node.call("GET", "/api/v1/envs/seen/tune", token, "")).path("policies"))
                .isEmpty();
        assertThat(node.call("GET", tune("seen", "/policies/queue"), token, "").statusCode())
                .isEqualTo(404);
        assertThat(node.call("PUT", tune("seen", "/kill-switch"), token, "").statusCode())
                .isEqualTo(404);
        String fileOnly = json(admin(
                        "POST",
                        "/api/v1/tokens",
                        "{\"name\":\"f\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"seen\","
                                + "\"application\":\"orders\",\"file\":\"other.*\",\"verbs\":[\"release\"]}]}"))
                .path("token")
                .asText();
        assertThat(node.call("PUT", tune("seen", "/kill-switch"), fileOnly, "").statusCode())
                .isEqualTo(403);
        assertThat(node.call("PUT", tune("seen", "/pins/queue.size"), fileOnly, "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void backtests_areRefusedWhereNoSignalsAreKeptOrTheTextIsWrong() throws Exception {
        admin("PUT", file("lab", "application.yaml"), "queue:\n  size: 256\n");

        assertThat(admin("POST", tune("lab", "/backtest"), "kind: Cow\n").statusCode())
                .isIn(400, 503);
    }
}
