package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.server.http.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes that rollouts bring, and files that they delete, at a real node with instances of the SDK. */
@Timeout(180)
final class ChangeRolloutsTest extends OrdersOnNode {
    /** Edits one file, makes one and deletes one. */
    private String change(String environment) throws Exception {
        put(environment, "a.yaml", "v: 1\n");
        put(environment, "old.yaml", "o: 1\n");
        ObjectNode body = Json.object().put("message", "three files");
        ArrayNode edits = body.putArray("edits");
        edit(edits, "a.yaml", 1, "v: 2\n");
        edit(edits, "new.yaml", 0, "n: 1\n");
        edit(edits, "old.yaml", 1, null);
        JsonNode made = json(call(
                "POST",
                "/api/v1/envs/" + environment + "/changes",
                Json.write(body).toUtf8()));
        String id = made.get("id").asText();
        assertThat(step(environment, id, "submit", "").statusCode()).isEqualTo(200);
        return id;
    }

    private static void edit(ArrayNode edits, String file, long base, @Nullable String text) {
        ObjectNode edit =
                edits.addObject().put("application", "orders").put("file", file).put("base", base);
        if (text != null) edit.put("text", text);
    }

    @Test
    @DisplayName("a change of several files comes in force everywhere by one switch, and is released then")
    void changeByAtomicRollout_isReleasedWhenEverybodyHasIt() throws Exception {
        String id = change("unit");
        try (SdkFleet fleet = fleet("unit", 2)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            fleet.config(0).onChange(change -> seen.add(change.changedFiles().toString()));

            long number = rolledOut("unit", id, "{}");
            JsonNode end = ended("unit", number);

            assertThat(end.get("phase").asText()).as(end.toString()).isEqualTo("COMMITTED");
            assertThat(end.get("change").asText()).isEqualTo(id);
            assertThat(end.get("states").toString()).isEqualTo("{\"APPLIED\":2}");
            assertThat(fleet.values("v") + "" + fleet.values("n") + fleet.values("o"))
                    .isEqualTo("[2][1][-]");
            assertThat(seen).containsExactly("[a.yaml, new.yaml, old.yaml]");
            JsonNode released = state("unit", id);
            assertThat(released.get("state").asText()).isEqualTo("RELEASED");
            assertThat(released.get("edits").get(2).get("release").asLong()).isZero();
            assertThat(call("GET", path("unit", "old.yaml"), "").statusCode()).isEqualTo(404);

            assertThat(step("unit", id, "rollback", "").statusCode()).isEqualTo(200);
            await().until(() -> (fleet.values("v") + "" + fleet.values("n") + fleet.values("o")).equals("[1][-][1]"));
        }
    }

    @Test
    @DisplayName("a failure while applying brings all files of a change back, also the deleted one")
    void failureWhileApplying_bringsAllFilesOfTheChangeBack() throws Exception {
        String id = change("back");
        try (SdkFleet fleet = fleet("back", 2)) {
            fleet.config(1).participate(new ConfigParticipant() {
                private boolean failed;

                @Override
                public void apply(ConfigChange change) {
                    if (failed) return;
                    failed = true;
                    throw new IllegalStateException("no memory");
                }
            });
            JsonNode end = ended("back", rolledOut("back", id, "{}"));

            assertThat(end.get("phase").asText()).as(end.toString()).isEqualTo("ROLLED_BACK");
            assertThat(fleet.values("v") + "" + fleet.values("n") + fleet.values("o"))
                    .isEqualTo("[1][-][1]");
            assertThat(call("GET", path("back", "old.yaml"), "").body()).isEqualTo("o: 1\n");
            assertThat(call("GET", path("back", "new.yaml"), "").statusCode()).isEqualTo(404);
            JsonNode again = state("back", id);
            assertThat(again.get("state").asText()).isEqualTo("APPROVED");
            assertThat(again.get("note").asText()).contains("rolled back").contains("no memory");

            assertThat(ended("back", rolledOut("back", id, "{}")).get("phase").asText())
                    .isEqualTo("COMMITTED");
            assertThat(state("back", id).get("state").asText()).isEqualTo("RELEASED");
            assertThat(fleet.values("o")).containsExactly("-");
        }
    }

    @Test
    @DisplayName("R5: a stage of a change has all its files, nobody else has one, and an abort brings the stage back")
    void changeByStages_reachesTheCohortWithAllItsFiles() throws Exception {
        String id = change("steps");
        try (SdkFleet fleet = fleet("steps", 3)) {
            String stages = "{\"strategy\":\"progressive\",\"stages\":[{\"count\":1,\"seconds\":600}]}";
            long number = rolledOut("steps", id, stages);
            await().until(() ->
                    rollout("steps", number, "").get("states").toString().contains("APPLIED"));

            List<String> had = fleet.configs().stream()
                    .map(each -> each.getString("v", "-") + each.getString("n", "-") + each.getString("o", "-"))
                    .sorted()
                    .toList();
            assertThat(had).containsExactly("1-1", "1-1", "21-");
            assertThat(state("steps", id).get("state").asText()).isEqualTo("RELEASING");
            for (String word : List.of("release", "reopen", "reject", "submit"))
                assertThat(step("steps", id, word, "").statusCode()).as(word).isEqualTo(412);
            assertThat(step("steps", id, "rollout", "{}").statusCode()).isEqualTo(412);

            call("POST", "/api/v1/envs/steps/rollouts/" + number + "/abort", "");
            assertThat(ended("steps", number).get("phase").asText()).isEqualTo("ROLLED_BACK");
            await().until(() -> (fleet.values("v") + "" + fleet.values("n") + fleet.values("o")).equals("[1][-][1]"));
            assertThat(state("steps", id).get("note").asText()).contains("aborted by");
        }
    }

    @Test
    void changeThatWasApproved_isRolledOutWhereDirectRolloutsAreRefused() throws Exception {
        call("PUT", "/api/v1/envs/strict/settings", "{\"approvals\":1}");
        ObjectNode body = Json.object().put("message", "checked");
        edit(body.putArray("edits"), "a.yaml", 0, "v: 1\n");
        String author = node().token("publisher");
        String id = json(node().call(
                                "POST",
                                "/api/v1/envs/strict/changes",
                                author,
                                Json.write(body).toUtf8()))
                .get("id")
                .asText();
        HttpResponse<String> direct = call(
                "POST",
                "/api/v1/envs/strict/rollouts",
                "{\"files\":[{\"application\":\"orders\",\"file\":\"a.yaml\",\"text\":\"v: 1\"}]}");
        assertThat(direct.statusCode()).as(direct.body()).isEqualTo(412);
        node().call("POST", "/api/v1/envs/strict/changes/" + id + "/submit", author, "");
        assertThat(step("strict", id, "rollout", "{}").statusCode()).isEqualTo(412);

        step("strict", id, "approve", "");

        assertThat(ended("strict", rolledOut("strict", id, "{}")).get("phase").asText())
                .isEqualTo("COMMITTED");
        assertThat(state("strict", id).get("state").asText()).isEqualTo("RELEASED");
    }

    @Test
    void queuedChange_isReleasedAfterTheRolloutBeforeIt() throws Exception {
        put("queue", "a.yaml", "x: 1\n");
        put("queue", "b.yaml", "w: 1\n");
        try (SdkFleet fleet = fleet("queue", 1)) {
            ObjectNode body = Json.object().put("message", "behind");
            edit(body.putArray("edits"), "b.yaml", 1, null);
            String id = json(call(
                            "POST",
                            "/api/v1/envs/queue/changes",
                            Json.write(body).toUtf8()))
                    .get("id")
                    .asText();
            step("queue", id, "submit", "");
            CountDownLatch slow = hold(fleet, "9");
            long first = started(
                    "queue", "{\"files\":[{\"application\":\"orders\",\"file\":\"b.yaml\",\"text\":\"v: 9\"}]}");
            assertThat(step("queue", id, "rollout", "{}").statusCode()).isEqualTo(412);
            long second = rolledOut("queue", id, "{\"taken\":\"queue\"}");
            assertThat(rollout("queue", second, "").get("phase").asText()).isEqualTo("QUEUED");
            slow.countDown();

            assertThat(ended("queue", first).get("phase").asText()).isEqualTo("COMMITTED");
            assertThat(ended("queue", second).get("phase").asText()).isEqualTo("COMMITTED");
            assertThat(call("GET", path("queue", "b.yaml"), "").statusCode()).isEqualTo(404);
            assertThat(state("queue", id).get("edits").get(0).get("release").asLong())
                    .isZero();
        }
    }

    @Test
    void fileWithAGrayRule_isNotDeletedByARollout() throws Exception {
        put("gray", "a.yaml", "v: 1\n");
        HttpResponse<String> gray =
                call("PUT", path("gray", "a.yaml") + "/gray/canary", "{\"text\":\"v: 2\",\"percent\":10}");
        assertThat(gray.statusCode()).as(gray.body()).isBetween(200, 201);

        HttpResponse<String> refused = call(
                "POST",
                "/api/v1/envs/gray/rollouts",
                "{\"files\":[{\"application\":\"orders\",\"file\":\"a.yaml\",\"delete\":true}]}");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(412);
        assertThat(refused.body()).contains("gray rules");
    }

    @Test
    void waitingForARollout_isAnsweredAtItsNextStepAndAtItsEnd() throws Exception {
        put("wait", "a.yaml", "v: 1\n");
        try (SdkFleet fleet = fleet("wait", 1)) {
            CountDownLatch slow = hold(fleet, "2");
            long number =
                    started("wait", "{\"files\":[{\"application\":\"orders\",\"file\":\"a.yaml\",\"text\":\"v: 2\"}]}");
            JsonNode asked = rollout("wait", number, "?wait=20&after=1");
            assertThat(asked.get("phase").asText()).isEqualTo("CAN_COMMIT");
            JsonNode still = rollout("wait", number, "?wait=1");
            assertThat(still.get("phase").asText()).isEqualTo("CAN_COMMIT");

            CompletableFuture<JsonNode> end = CompletableFuture.supplyAsync(() -> {
                try {
                    return rollout("wait", number, "?wait=20");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            slow.countDown();

            assertThat(end.get(20, TimeUnit.SECONDS).get("phase").asText()).isEqualTo("COMMITTED");
            assertThat(rollout("wait", number, "?wait=20&after=99").get("ended").asBoolean())
                    .isTrue();
            assertThat(call("GET", "/api/v1/envs/wait/rollouts/77?wait=1", "").statusCode())
                    .isEqualTo(404);
            HttpResponse<String> whole = call(
                    "POST",
                    "/api/v1/envs/wait/rollouts?wait=20",
                    "{\"files\":[{\"application\":\"orders\",\"file\":\"a.yaml\",\"text\":\"v: 3\"}]}");
            assertThat(json(whole).get("phase").asText()).isEqualTo("COMMITTED");
        }
    }

    /** Has the first instance take its time to vote on a value of {@code v}, until the result is counted down. */
    private static CountDownLatch hold(SdkFleet fleet, String value) {
        CountDownLatch slow = new CountDownLatch(1);
        fleet.config(0).participate(new ConfigParticipant() {
            @Override
            public Optional<String> prepare(ConfigChange change) {
                if (!change.newValue("v").equals(Optional.of(value))) return Optional.empty();
                try {
                    slow.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Optional.empty();
            }
        });
        return slow;
    }

    private long rolledOut(String environment, String id, String body) throws Exception {
        HttpResponse<String> response = step(environment, id, "rollout", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return json(response).get("number").asLong();
    }

    private HttpResponse<String> step(String environment, String id, String word, String body) throws Exception {
        return call("POST", "/api/v1/envs/" + environment + "/changes/" + id + "/" + word, body);
    }

    private JsonNode state(String environment, String id) throws Exception {
        return json(call("GET", "/api/v1/envs/" + environment + "/changes/" + id, ""));
    }
}
