package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes over the API of a real node. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChangesTest {
    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private String author;

    @SuppressWarnings("NullAway.Init")
    private String approver;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        node = RunningNode.start(directory.resolve("data"));
        author = node.token("publisher");
        approver = node.administrator();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void severalFiles_areReleasedAndRolledBackAtOneRevision() throws Exception {
        put("one", "a.yaml", "v: 1\n");
        String id = created("one", edit("a.yaml", 1, "v: 2\n"), edit("b.yaml", 0, "w: ${orders/a.yaml#v}\n"));
        step("one", id, "submit", author);

        HttpResponse<String> released = step("one", id, "release", author);

        assertThat(released.statusCode()).as(released.body()).isEqualTo(200);
        assertThat(json(released).get("state").asText()).isEqualTo("RELEASED");
        assertThat(read("one", "a.yaml")).isEqualTo("v: 2\n");
        assertThat(revision("one", "a.yaml")).isEqualTo(revision("one", "b.yaml"));
        JsonNode effective = json(call("GET", "/api/v1/envs/one/apps/orders/effective", author, ""));
        assertThat(effective.toString()).contains("{\"key\":\"w\",\"value\":\"2\"");

        HttpResponse<String> undone = step("one", id, "rollback", author);

        assertThat(undone.statusCode()).as(undone.body()).isEqualTo(200);
        assertThat(read("one", "a.yaml")).isEqualTo("v: 1\n");
        assertThat(call("GET", file("one", "b.yaml"), author, "").statusCode()).isEqualTo(404);
        assertThat(step("one", id, "rollback", author).statusCode()).isEqualTo(409);
    }

    @Test
    void editedDraft_hasItsNewTextsAndNoneOfTheOld() throws Exception {
        String id = created("edited", edit("a.yaml", 0, "v: 1\n"), edit("b.yaml", 0, "v: 1\n"));
        ObjectNode body = Json.object().put("message", "second thoughts");
        body.putArray("edits").add(edit("c.yaml", 0, "v: 3\n"));

        HttpResponse<String> edited = call(
                "PUT",
                "/api/v1/envs/edited/changes/" + id,
                author,
                Json.write(body).toUtf8());

        assertThat(edited.statusCode()).as(edited.body()).isEqualTo(200);
        step("edited", id, "submit", author);
        assertThat(step("edited", id, "release", author).statusCode()).isEqualTo(200);
        assertThat(read("edited", "c.yaml")).isEqualTo("v: 3\n");
        assertThat(call("GET", file("edited", "a.yaml"), author, "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void changeOnAnOldBase_isRefusedAndLosesNobodysUpdate() throws Exception {
        put("base", "a.yaml", "v: 1\n");
        put("base", "b.yaml", "v: 1\n");
        String id = created("base", edit("a.yaml", 1, "v: 2\n"), edit("b.yaml", 1, "v: 2\n"));
        step("base", id, "submit", author);
        put("base", "b.yaml", "v: 7\n");

        HttpResponse<String> refused = step("base", id, "release", author);

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("b.yaml").contains("base release: 1 (current: 2)");
        assertThat(read("base", "a.yaml")).isEqualTo("v: 1\n");
    }

    @Test
    void environmentThatAsksForApproval_takesItFromSomebodyElseOnly() throws Exception {
        call("PUT", "/api/v1/envs/strict/settings", approver, "{\"approvals\":1}");
        assertThat(call("PUT", file("strict", "a.yaml"), author, "v: 1\n").statusCode())
                .isEqualTo(412);
        String id = created("strict", edit("a.yaml", 0, "v: 1\n"));

        assertThat(json(step("strict", id, "submit", author)).get("state").asText())
                .isEqualTo("REVIEW");
        assertThat(step("strict", id, "approve", author).statusCode()).isEqualTo(403);
        assertThat(step("strict", id, "release", author).statusCode()).isEqualTo(412);
        assertThat(json(step("strict", id, "approve", approver)).get("state").asText())
                .isEqualTo("APPROVED");
        assertThat(step("strict", id, "release", author).statusCode()).isEqualTo(200);
        assertThat(read("strict", "a.yaml")).isEqualTo("v: 1\n");
    }

    @Test
    void textThatCannotBeReleased_isRefusedWhenTheDraftIsSaved() throws Exception {
        HttpResponse<String> refused = call(
                "POST",
                "/api/v1/envs/bad/changes",
                author,
                body(edit("ok.yaml", 0, "a: 1\n"), edit("a.yaml", 0, "a: 1\na: 2\n")));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("bad/orders/default/a.yaml: line 2, column 1");
    }

    @Test
    void scheduledChange_isReleasedWhenItIsDue() throws Exception {
        String id = created("later", edit("a.yaml", 0, "v: 1\n"));
        step("later", id, "submit", author);
        String at = Instant.now().plusMillis(1500).toString();

        assertThat(step("later", id, "schedule?at=" + at, author).statusCode()).isEqualTo(200);
        assertThat(call("GET", file("later", "a.yaml"), author, "").statusCode())
                .isEqualTo(404);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> call("GET", file("later", "a.yaml"), author, "").statusCode() == 200);
        assertThat(json(call("GET", "/api/v1/envs/later/changes/" + id, author, ""))
                        .get("state")
                        .asText())
                .isEqualTo("RELEASED");
    }

    private void put(String environment, String name, String text) throws Exception {
        assertThat(call("PUT", file(environment, name), author, text).statusCode())
                .isEqualTo(201);
    }

    private String created(String environment, ObjectNode... edits) throws Exception {
        HttpResponse<String> made = call("POST", "/api/v1/envs/" + environment + "/changes", author, body(edits));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return json(made).get("id").asText();
    }

    private static String body(ObjectNode... edits) {
        ObjectNode body = Json.object().put("message", "why");
        ArrayNode all = body.putArray("edits");
        for (ObjectNode each : edits) all.add(each);
        return Json.write(body).toUtf8();
    }

    private static ObjectNode edit(String name, long base, @Nullable String text) {
        return Json.object()
                .put("application", "orders")
                .put("file", name)
                .put("base", base)
                .put("text", text);
    }

    private HttpResponse<String> step(String environment, String id, String step, String token) throws Exception {
        return call("POST", "/api/v1/envs/" + environment + "/changes/" + id + "/" + step, token, "");
    }

    private String read(String environment, String name) throws Exception {
        return call("GET", file(environment, name), author, "").body();
    }

    private long revision(String environment, String name) throws Exception {
        JsonNode files = json(call("GET", "/api/v1/envs/" + environment + "/apps/orders/files", author, ""));
        for (JsonNode each : files.get("files"))
            if (each.get("file").asText().equals(name))
                return each.get("revision").asLong();
        throw new AssertionError("no file " + name);
    }

    private static String file(String environment, String name) {
        return "/api/v1/envs/" + environment + "/apps/orders/files/" + name;
    }

    private HttpResponse<String> call(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, token, body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }
}
