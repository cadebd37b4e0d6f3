package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.server.http.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a saved policy asks of people's changes, and what is asked of a policy that is saved; over a real node. */
@Timeout(180)
final class PolicyRulesTest extends OrdersOnNode {
    private static final String CAREFUL =
            """
            kind: RolloutPolicy
            metadata: {name: careful, app: orders}
            spec:
              match: {keys: ["http.*"]}
              stages: [1, 50%, 100%]
              stage: {minTime: 1s, deadline: 30s}
              bake: 2s
              onInconclusive: revert
            """;

    private static final String QUEUE =
            """
            kind: TuningPolicy
            metadata: {name: queue, app: orders}
            spec:
              mode: auto
              key: queue.size
              envelope: [32, 1024]
              goal: {metric: 'avg(heap, 30s)', below: 0.8, kind: hard, gain: 0.0005}
            """;

    private void refused(HttpResponse<String> answer, int status, String... parts) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(parts);
    }

    private HttpResponse<String> rolledOut(String environment, String strategy, String text) throws Exception {
        ObjectNode body = Json.object();
        if (!strategy.isEmpty()) body.put("strategy", strategy);
        body.putArray("files")
                .addObject()
                .put("application", "orders")
                .put("file", "application.yaml")
                .put("text", text);
        return call(
                "POST",
                "/api/v1/envs/" + environment + "/rollouts?wait=25",
                Json.write(body).toUtf8());
    }

    @Test
    void aChangeOfAKeyThatARolloutPolicyNames_isNotReleasedAtOnceButByItsStages() throws Exception {
        put("staged", "application.yaml", "http:\n  pool: 8\ncolour: red\n");
        put("staged", "careful.policy", CAREFUL);
        try (SdkFleet fleet = fleet("staged", 4)) {
            String wanted = "http:\n  pool: 9\ncolour: red\n";
            refused(
                    call("PUT", path("staged", "application.yaml"), wanted),
                    412,
                    "key http.pool",
                    "goes by rollout policy careful",
                    "strategy \\\"policy\\\"");
            refused(call("DELETE", path("staged", "application.yaml"), ""), 412, "rollout policy careful");
            refused(changed("staged", wanted), 412, "rollout policy careful");

            JsonNode ended = json(rolledOut("staged", "", wanted));

            assertThat(ended.path("phase").asText()).as(ended.toString()).isEqualTo("COMMITTED");
            assertThat(ended.path("strategy").asText()).isEqualTo("progressive");
            assertThat(ended.path("stages").toString())
                    .contains("\"count\":1", "\"percent\":50.0", "\"percent\":100.0");
            assertThat(fleet.values("http.pool")).containsExactly("9");
            put("staged", "application.yaml", "http:\n  pool: 9\ncolour: blue\n");
            assertThat(json(rolledOut("staged", "immediate", "http:\n  pool: 10\ncolour: blue\n"))
                            .path("phase")
                            .asText())
                    .as("who says how passes it by")
                    .isEqualTo("COMMITTED");
            HttpResponse<String> back = call("POST", path("staged", "application.yaml") + "/rollback?to=1", "");
            assertThat(back.statusCode())
                    .as("the way back is never barred: " + back.body())
                    .isEqualTo(201);
        }
        refused(rolledOut("free", "policy", "colour: red\n"), 412, "no rollout policy names a key that is changed");
    }

    private HttpResponse<String> changed(String environment, String text) throws Exception {
        ObjectNode body = Json.object().put("message", "by a change");
        body.putArray("edits")
                .addObject()
                .put("application", "orders")
                .put("file", "application.yaml")
                .put("text", text)
                .put("base", 1);
        HttpResponse<String> made = call(
                "POST",
                "/api/v1/envs/" + environment + "/changes",
                Json.write(body).toUtf8());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String id = json(made).path("id").asText();
        call("POST", "/api/v1/envs/" + environment + "/changes/" + id + "/submit", "");
        return call("POST", "/api/v1/envs/" + environment + "/changes/" + id + "/release", "");
    }

    @Test
    void aRolloutMaySetSingleKeys_andGoBackWhenNobodyCanTell() throws Exception {
        put("keys", "application.yaml", "# kept\na: 1\nb: 2\n");
        String rollouts = "/api/v1/envs/keys/rollouts?wait=25";
        String file = "\"files\":[{\"application\":\"orders\",\"file\":\"application.yaml\",\"set\":{\"b\":\"3\"}}]";
        try (SdkFleet fleet = fleet("keys", 2)) {
            JsonNode undecided = json(call(
                    "POST",
                    rollouts,
                    "{\"strategy\":\"progressive\",\"stages\":[{\"count\":1,\"seconds\":0,\"judged\":true}],"
                            + "\"seconds\":{\"verdict\":1},\"tolerance\":{\"inconclusive\":\"revert\"}," + file + "}"));
            assertThat(undecided.path("phase").asText())
                    .as(undecided.toString())
                    .isEqualTo("ROLLED_BACK");
            assertThat(undecided.path("reason").asText()).contains("no verdict on stage 1");
            assertThat(fleet.values("b")).containsExactly("2");

            JsonNode done = json(call("POST", rollouts, "{\"strategy\":\"atomic\"," + file + "}"));
            assertThat(done.path("phase").asText()).as(done.toString()).isEqualTo("COMMITTED");
            assertThat(fleet.values("b")).containsExactly("3");
        }
        assertThat(call("GET", path("keys", "application.yaml"), "").body()).contains("# kept", "b: 3");
        refused(
                call("POST", rollouts, "{" + file.replace("\"set\"", "\"text\":\"a: 1\",\"set\"") + "}"),
                400,
                "2 of text, set, release and delete");
    }

    @Test
    void aPolicyOfAKeyThatIsNotThere_isNotSaved() throws Exception {
        refused(
                call("PUT", path("bare", "queue.policy"), QUEUE),
                400,
                "policy queue",
                "there is no",
                "application.yaml");
        put("bare", "application.yaml", "queue:\n  sizes: 8\n");
        refused(call("PUT", path("bare", "queue.policy"), QUEUE), 400, "queue.size is not in application.yaml");
        put("bare", "application.yaml", "queue:\n  size: many\n");
        refused(call("PUT", path("bare", "queue.policy"), QUEUE), 400, "\\\"many\\\"", "expected: a number");
        put("bare", "application.yaml", "queue:\n  size: 64\n");
        put("bare", "queue.policy", QUEUE);
    }

    @Test
    void aPolicyThatMaySetWhatTheSchemaForbids_isNotSaved() throws Exception {
        put(
                "ruled",
                "orders.schema.json",
                "{\"type\":\"object\",\"properties\":{\"queue\":{\"type\":\"object\",\"properties\":"
                        + "{\"size\":{\"type\":\"integer\",\"minimum\":16,\"maximum\":512}}}}}");
        put("ruled", "application.yaml", "queue:\n  size: 64\n");
        HttpResponse<String> set =
                call("PUT", path("ruled", "application.yaml") + "/settings", "{\"schema\":\"orders.schema.json\"}");
        assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
        refused(
                call("PUT", path("ruled", "queue.policy"), QUEUE),
                400,
                "queue.size: may become 1024",
                "schema of application.yaml");
        put("ruled", "queue.policy", QUEUE.replace("1024", "512"));
    }

    @Test
    void twoPoliciesThatOwnOneKeyByThemselves_areNotSaved() throws Exception {
        put("owned", "application.yaml", "queue:\n  size: 64\n");
        put("owned", "queue.policy", QUEUE);
        String rival = QUEUE.replace("name: queue", "name: rival");
        refused(
                call("PUT", path("owned", "rival.policy"), rival),
                400,
                "policy rival",
                "queue.size is changed by policy queue of queue.policy too");
        refused(call("PUT", path("owned", "again.policy"), QUEUE), 400, "metadata.name: in queue.policy too");
        put("owned", "rival.policy", rival.replace("mode: auto", "mode: shadow"));
        refused(
                call("PUT", path("owned", "careful.policy"), CAREFUL + "  guardsFrom: nobody\n"),
                400,
                "guardsFrom: nobody");
        put("owned", "careful.policy", CAREFUL + "  guardsFrom: rival\n");
    }

    @Test
    void whatWasTriedForAProfile_isCheckedBeforeItIsBelieved() throws Exception {
        put("tried", "application.yaml", "queue:\n  size: 64\n");
        put("tried", "queue.policy", QUEUE.replace("mode: auto", "mode: shadow"));
        String path = "/api/v1/envs/tried/apps/orders/tune/policies/queue";
        assertThat(json(call("GET", path, "")).path("range").toString())
                .contains("\"min\":32.0", "\"max\":1024.0", "\"scale\":\"linear\"");
        refused(call("POST", path + "/profile", "{\"tried\":[]}"), 400, "expected: 1..64");
        String one = "{\"value\":64,\"from\":300,\"to\":400,\"instances\":[\"i1\"]}";
        refused(call("POST", path + "/profile", "{\"tried\":[" + one + "]}"), 400, "from > to");
        refused(
                call(
                        "POST",
                        path + "/profile",
                        "{\"tried\":[" + one.replace("400", "100").replace("\"i1\"", "") + "]}"),
                400,
                "instances: 0");
        refused(
                call("POST", path + "/profile", "{\"tried\":[" + one.replace("400", "100") + "]}"),
                412,
                "leave each for some windows");
    }
}
