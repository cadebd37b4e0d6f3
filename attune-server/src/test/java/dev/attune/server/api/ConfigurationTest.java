package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files as a configuration centre knows them, over the API of a real node. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConfigurationTest {
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
    void importedFile_isLaidUnderOwnKeysAndNamedAsTheirLayer() throws Exception {
        put("layers", "shared", "common.yaml", "a: 1\nb: 1\nhost: db\n");
        assertThat(put("layers", "orders", "app.yaml", "attune.import: shared/common.yaml\nb: 2\n")
                        .body())
                .contains("there is no public file shared/common.yaml")
                .contains("line 1, column 16");
        publicFile("layers", "shared", "common.yaml");
        assertThat(put("layers", "orders", "app.yaml", "attune.import: shared/common.yaml\nb: 2\nurl: db://${host}\n")
                        .statusCode())
                .isEqualTo(201);

        JsonNode keys = json(call("GET", "/api/v1/envs/layers/apps/orders/effective", ""))
                .at("/files/0/keys");

        assertThat(keys.toString())
                .contains("{\"key\":\"b\",\"value\":\"2\",\"layer\":\"layers/orders/default/app.yaml@1\"}")
                .contains("{\"key\":\"a\",\"value\":\"1\",\"layer\":\"layers/shared/default/common.yaml@1\"}")
                .contains("{\"key\":\"url\",\"value\":\"db://db\",\"layer\":\"layers/orders/default/app.yaml@1\"}");
    }

    @Test
    void importsInACircle_areRefusedAtRelease() throws Exception {
        put("circle", "a", "x.yaml", "k: 1\n");
        put("circle", "b", "y.yaml", "k: 1\n");
        publicFile("circle", "a", "x.yaml");
        publicFile("circle", "b", "y.yaml");
        assertThat(put("circle", "a", "x.yaml", "attune.import: b/y.yaml\n").statusCode())
                .isEqualTo(201);

        HttpResponse<String> refused = put("circle", "b", "y.yaml", "attune.import: a/x.yaml\n");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("b/y.yaml → a/x.yaml → b/y.yaml");
    }

    @Test
    void unresolvedReference_isRefusedWithItsPlaceAndNothingIsReleased() throws Exception {
        HttpResponse<String> refused = put("refs", "orders", "app.properties", "a=1\nb=${nowhere}\n");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("line 2, column 3: reference: nowhere is not known");
        assertThat(call("GET", file("refs", "orders", "app.properties"), "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void oneKey_isSetAndRemovedWithCommentsKept() throws Exception {
        put("keys", "orders", "app.yaml", "# pool\npool:\n  size: 1 # threads\n");

        HttpResponse<String> set =
                call("PUT", file("keys", "orders", "app.yaml") + "/keys/pool.size?message=grow", "8");
        HttpResponse<String> more = call("PUT", file("keys", "orders", "app.yaml") + "/keys/pool.name", "main");

        assertThat(set.statusCode()).isEqualTo(201);
        assertThat(more.statusCode()).isEqualTo(201);
        assertThat(call("GET", file("keys", "orders", "app.yaml"), "").body())
                .isEqualTo("# pool\npool:\n  size: 8 # threads\n  name: main\n");
        assertThat(call("DELETE", file("keys", "orders", "app.yaml") + "/keys/pool.name", "")
                        .statusCode())
                .isEqualTo(201);
        assertThat(call("GET", file("keys", "orders", "app.yaml"), "").body())
                .isEqualTo("# pool\npool:\n  size: 8 # threads\n");
    }

    @Test
    void textThatDoesNotFitItsSchema_isRefusedSayingWhatIsExpected() throws Exception {
        put(
                "schema",
                "orders",
                "app.schema.json",
                "{\"properties\":{\"size\":{\"type\":\"integer\",\"maximum\":10}},\"required\":[\"size\"]}");
        call("PUT", file("schema", "orders", "app.yaml") + "/settings", "{\"schema\":\"app.schema.json\"}");

        HttpResponse<String> refused = put("schema", "orders", "app.yaml", "size: 11\n");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("/size").contains("10");
        assertThat(put("schema", "orders", "app.yaml", "size: 10\n").statusCode())
                .isEqualTo(201);
        assertThat(call("PUT", file("schema", "orders", "app.yaml") + "/keys/size", "12")
                        .statusCode())
                .isEqualTo(400);
        assertThat(put("schema", "orders", "bad.schema.json", "{\"type\":7}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void grayRule_servesItsAudienceUntilPromotedOrDropped() throws Exception {
        String gray = file("gray", "orders", "app.yaml") + "/gray/";
        put("gray", "orders", "app.yaml", "v: 1\n");

        HttpResponse<String> set = call(
                "PUT",
                gray + "canary",
                "{\"text\":\"v: 2\\n\",\"labels\":{\"zone\":\"a\"},\"addresses\":[\"10.0.0.0/8\"]}");
        call("PUT", gray + "first", "{\"text\":\"v: 3\\n\",\"labels\":{\"zone\":\"b\"},\"position\":0}");

        assertThat(json(set).get("release").asLong()).isEqualTo(2);
        assertThat(value("gray", "")).isEqualTo("1");
        assertThat(value("gray", "?labels=zone%3Da&ip=10.1.2.3")).isEqualTo("2");
        assertThat(value("gray", "?labels=zone%3Da&ip=11.1.2.3")).isEqualTo("1");
        assertThat(value("gray", "?labels=zone%3Db")).isEqualTo("3");
        assertThat(call("DELETE", gray + "first", "").statusCode()).isEqualTo(204);
        assertThat(value("gray", "?labels=zone%3Db")).isEqualTo("1");
        assertThat(call("POST", gray + "canary/promote", "").statusCode()).isEqualTo(204);
        assertThat(value("gray", "")).isEqualTo("2");
        assertThat(call("POST", gray + "canary/promote", "").statusCode()).isEqualTo(404);
    }

    @Test
    void growingShare_keepsEveryoneItHad() throws Exception {
        String rule = file("share", "orders", "app.yaml") + "/gray/half";
        put("share", "orders", "app.yaml", "v: 1\n");
        call("PUT", rule, "{\"text\":\"v: 2\\n\",\"percent\":30}");
        java.util.Set<Integer> before = grayOnes();
        call("PUT", rule, "{\"percent\":60}");
        java.util.Set<Integer> after = grayOnes();

        assertThat(before).isNotEmpty();
        assertThat(after).containsAll(before).hasSizeGreaterThan(before.size());
    }

    private java.util.Set<Integer> grayOnes() throws Exception {
        java.util.Set<Integer> gray = new java.util.TreeSet<>();
        for (int i = 0; i < 40; i++) if (value("share", "?instance=i" + i).equals("2")) gray.add(i);
        return gray;
    }

    @Test
    void frozenEnvironment_refusesReleasesAndAllowsRollback() throws Exception {
        put("frozen", "orders", "app.yaml", "v: 1\n");
        put("frozen", "orders", "app.yaml", "v: 2\n");
        call(
                "PUT",
                "/api/v1/envs/frozen/settings",
                "{\"approvals\":0,\"keepReleases\":0,\"keepDays\":0,\"freezes\":[{\"from\":\"2020-01-01T00:00:00Z\","
                        + "\"to\":\"2100-01-01T00:00:00Z\",\"reason\":\"year end\"}]}");

        HttpResponse<String> refused = put("frozen", "orders", "app.yaml", "v: 3\n");

        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(refused.body()).contains("year end").contains("2100-01-01");
        assertThat(call("POST", file("frozen", "orders", "app.yaml") + "/rollback?to=1", "")
                        .statusCode())
                .isEqualTo(201);
    }

    private String value(String environment, String query) throws Exception {
        return json(call("GET", "/api/v1/envs/" + environment + "/apps/orders/effective" + query, ""))
                .at("/files/0/keys/0/value")
                .asText();
    }

    private void publicFile(String environment, String application, String name) throws Exception {
        call("PUT", file(environment, application, name) + "/settings", "{\"public\":true}");
    }

    private HttpResponse<String> put(String environment, String application, String name, String text)
            throws Exception {
        return call("PUT", file(environment, application, name), text);
    }

    private static String file(String environment, String application, String name) {
        return "/api/v1/envs/" + environment + "/apps/" + application + "/files/" + name;
    }

    private HttpResponse<String> call(String method, String path, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, node.administrator(), body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }
}
