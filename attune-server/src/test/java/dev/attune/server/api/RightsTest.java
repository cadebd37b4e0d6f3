package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Route;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scoped tokens and groups over the API of a real node. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RightsTest {
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

    @Test
    @DisplayName("every route × a token for each verb, for none, and for another environment")
    void everyRoute_asksForItsVerbsAndHidesWhatMayNotBeSeen() throws Exception {
        Map<Verb, String> tokens = new LinkedHashMap<>();
        for (Verb verb : Verb.values()) tokens.put(verb, scoped("one-" + verb.word(), "1", "*", verb.word()));
        String elsewhere = scoped("elsewhere", "2", "*", "admin");
        int checked = 0;
        for (Route route : node.routes()) {
            String path = route.path().replaceAll("\\{[^}]*}", "1");
            if (route.verbs().isEmpty()) {
                boolean open = route.permission() == Permission.PUBLIC || route.permission() == Permission.KNOWN;
                int status = node.status(route.method(), path, elsewhere);
                if (open) assertThat(status).as(route.operationId()).isNotIn(401, 403, 500);
                else assertThat(status).as(route.operationId()).isEqualTo(403);
                continue;
            }
            for (Map.Entry<Verb, String> each : tokens.entrySet()) {
                checked++;
                assertThat(outcome(route, path, each.getValue()))
                        .as("%s with %s", route.operationId(), each.getKey())
                        .isEqualTo(expected(route, each.getKey()));
            }
            if (route.path().contains("{env}"))
                assertThat(outcome(route, path, elsewhere))
                        .as(route.operationId())
                        .isEqualTo("absent");
        }
        assertThat(checked).isGreaterThan(150);
    }

    private static String expected(Route route, Verb has) {
        Set<Verb> covered = EnumSet.of(has);
        if (has != Verb.READ_SECRET && has != Verb.REPORT) covered.add(Verb.READ);
        if (has == Verb.ADMIN) covered = EnumSet.allOf(Verb.class);
        if (covered.containsAll(route.verbs())) return "allowed";
        return covered.contains(Verb.READ) ? "denied" : "absent";
    }

    private String outcome(Route route, String path, String token) throws Exception {
        if (route.operationId().equals("subscribe")) {
            int status = node.status(route.method(), path, token);
            return status == 404 ? "absent" : status == 403 ? "denied" : "allowed";
        }
        HttpResponse<String> response = node.call(route.method(), path, token, "");
        assertThat(response.statusCode()).as(route.operationId()).isNotIn(401, 405, 500);
        if (response.body().contains("nothing here that this token may see")) return "absent";
        return response.statusCode() == 403 ? "denied" : "allowed";
    }

    @Test
    void scopedToken_worksInsideItsPatternsAndSeesNothingElse() throws Exception {
        admin("PUT", file("prod", "orders", "app.yaml"), "v: 1\n");
        admin("PUT", file("prod", "orders", "db.yaml"), "v: 1\n");
        admin("PUT", file("prod", "billing", "app.yaml"), "v: 1\n");
        admin("PUT", file("test", "orders", "app.yaml"), "v: 1\n");
        String token = token("{\"name\":\"dev\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"prod\","
                + "\"application\":\"ord*\",\"file\":\"app.*\",\"verbs\":[\"edit\",\"release\"]}]}");

        assertThat(call("PUT", file("prod", "orders", "app.yaml"), token, "v: 2\n")
                        .statusCode())
                .isEqualTo(201);
        assertThat(call("PUT", file("prod", "orders", "db.yaml"), token, "v: 2\n")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("GET", file("prod", "billing", "app.yaml"), token, "").statusCode())
                .isEqualTo(404);
        assertThat(call("GET", file("test", "orders", "app.yaml"), token, "").body())
                .isEqualTo(call("GET", file("nowhere", "orders", "app.yaml"), token, "")
                        .body());
        assertThat(call("POST", file("prod", "orders", "app.yaml") + "/rollback?to=1", token, "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(json(call("GET", "/api/v1/envs", token, ""))
                        .get("environments")
                        .toString())
                .isEqualTo("[\"prod\"]");
        assertThat(json(call("GET", "/api/v1/envs/prod/apps", token, ""))
                        .get("applications")
                        .toString())
                .isEqualTo("[\"orders\"]");
        assertThat(call("GET", "/api/v1/envs/prod/apps/orders/files", token, "").body())
                .contains("app.yaml")
                .doesNotContain("db.yaml");
        assertThat(call("GET", "/api/v1/envs/prod/apps/orders/effective", token, "")
                        .body())
                .doesNotContain("db.yaml");
        assertThat(call("GET", "/api/v1/kv", token, "").statusCode()).isEqualTo(403);
    }

    @Test
    void changeWithOneFileOutsideTheScope_looksAbsent() throws Exception {
        String edits = "{\"edits\":[{\"application\":\"a\",\"file\":\"x.yaml\",\"text\":\"v: 1\\n\"},"
                + "{\"application\":\"b\",\"file\":\"x.yaml\",\"text\":\"v: 1\\n\"}]}";
        String id = json(admin("POST", "/api/v1/envs/mixed/changes", edits))
                .get("id")
                .asText();
        String token = scoped("a-only", "mixed", "a", "admin");

        assertThat(call("GET", "/api/v1/envs/mixed/changes/" + id, token, "").statusCode())
                .isEqualTo(404);
        assertThat(call("POST", "/api/v1/envs/mixed/changes/" + id + "/submit", token, "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("GET", "/api/v1/envs/mixed/changes", token, "").body()).doesNotContain(id);
        assertThat(call("POST", "/api/v1/envs/mixed/changes", token, edits).statusCode())
                .isEqualTo(404);
    }

    @Test
    void group_givesItsTokensWhatItHoldsNow() throws Exception {
        admin("PUT", file("team", "orders", "app.yaml"), "v: 1\n");
        String token = token("{\"name\":\"member\",\"role\":\"scoped\",\"groups\":[\"team-a\"]}");
        assertThat(call("GET", file("team", "orders", "app.yaml"), token, "").statusCode())
                .isEqualTo(404);

        admin("PUT", "/api/v1/groups/team-a", "{\"grants\":[{\"environment\":\"team\",\"verbs\":[\"read\"]}]}");
        assertThat(call("GET", file("team", "orders", "app.yaml"), token, "").statusCode())
                .isEqualTo(200);
        admin("DELETE", "/api/v1/groups/team-a", "");

        assertThat(call("GET", file("team", "orders", "app.yaml"), token, "").statusCode())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("W10: a changed group cuts the streams of its tokens, and nothing of later comes")
    void changedGroup_cutsTheStreamsOfItsTokensAtOnce() throws Exception {
        admin("PUT", file("cut", "orders", "app.yaml"), "v: 1\n");
        admin("PUT", "/api/v1/groups/readers", "{\"grants\":[{\"environment\":\"cut\",\"verbs\":[\"read\"]}]}");
        String member = token("{\"name\":\"member\",\"role\":\"scoped\",\"groups\":[\"readers\"]}");
        String other = scoped("other", "cut", "*", "read");
        try (java.io.InputStream cut = node.stream("/api/v1/envs/cut/apps/orders/subscribe", member);
                java.io.InputStream kept = node.stream("/api/v1/envs/cut/apps/orders/subscribe", other)) {
            // The same grants again change nothing and cut nobody.
            admin("PUT", "/api/v1/groups/readers", "{\"grants\":[{\"environment\":\"cut\",\"verbs\":[\"read\"]}]}");
            admin("PUT", file("cut", "orders", "app.yaml"), "v: 2\n");
            assertThat(untilSeen(cut, "\"v\":\"2\"")).isTrue();
            admin(
                    "PUT",
                    "/api/v1/groups/readers",
                    "{\"grants\":[{\"environment\":\"elsewhere\",\"verbs\":[\"read\"]}]}");
            long revoked = System.nanoTime();
            admin("PUT", file("cut", "orders", "app.yaml"), "v: 3\n");
            String seen = new String(cut.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            long millis = (System.nanoTime() - revoked) / 1_000_000;

            assertThat(seen).doesNotContain("\"v\":\"3\"");
            assertThat(millis).as("milliseconds until the stream was cut").isLessThan(2_000);
            assertThat(untilSeen(kept, "\"v\":\"3\"")).isTrue();
        }
        assertThat(node.status("GET", "/api/v1/envs/cut/apps/orders/subscribe", member))
                .isEqualTo(404);
    }

    private static boolean untilSeen(java.io.InputStream in, String wanted) throws IOException {
        StringBuilder seen = new StringBuilder();
        byte[] part = new byte[4096];
        for (int read = in.read(part); read >= 0; read = in.read(part)) {
            seen.append(new String(part, 0, read, java.nio.charset.StandardCharsets.UTF_8));
            if (seen.indexOf(wanted) >= 0) return true;
        }
        return false;
    }

    @Test
    void everyMutation_leavesOneRecordInAChainThatVerifies() throws Exception {
        admin("PUT", file("audited", "orders", "app.yaml"), "v: 1\n");
        admin("PUT", file("audited", "orders", "app.yaml") + "?message=because", "v: 2\n");
        admin("PUT", file("audited", "orders", "app.yaml"), "v: [\n");
        admin("DELETE", file("audited", "orders", "app.yaml"), "");

        JsonNode records = json(admin("GET", "/api/v1/audit?limit=500", "")).get("records");
        Set<String> mine = java.util.stream.StreamSupport.stream(records.spliterator(), false)
                .filter(each -> each.get("target").asText().startsWith("audited/"))
                .map(each ->
                        each.get("action").asText() + " " + each.get("detail").asText())
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        assertThat(mine).containsExactly("file.delete ", "file.publish ", "file.publish because");
        JsonNode verdict = json(admin("GET", "/api/v1/audit/verify", ""));
        assertThat(verdict.get("intact").asBoolean()).as(verdict.toString()).isTrue();
        assertThat(verdict.get("records").asLong()).isGreaterThanOrEqualTo(3);
    }

    private String scoped(String name, String environment, String application, String verb) throws Exception {
        return token("{\"name\":\"" + name + "\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"" + environment
                + "\",\"application\":\"" + application + "\",\"verbs\":[\"" + verb + "\"]}]}");
    }

    private String token(String body) throws Exception {
        return json(admin("POST", "/api/v1/tokens", body)).get("token").asText();
    }

    private static String file(String environment, String application, String name) {
        return "/api/v1/envs/" + environment + "/apps/" + application + "/files/" + name;
    }

    private HttpResponse<String> admin(String method, String path, String body)
            throws IOException, InterruptedException {
        return call(method, path, node.administrator(), body);
    }

    private HttpResponse<String> call(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, token, body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }
}
