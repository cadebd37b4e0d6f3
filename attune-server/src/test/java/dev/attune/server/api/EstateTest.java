package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Search, export and retention over the API of a real node. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EstateTest {
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
    void search_findsKeysValuesTagsAndOwnersWithinTheCallersRights() throws Exception {
        put("find", "orders", "app.yaml", "pool: {size: 8}\nurl: jdbc:PostgreSQL\n");
        put("find", "billing", "app.yaml", "pool: {size: 9}\n");
        call(
                "PUT",
                file("find", "billing", "app.yaml") + "/settings",
                node.administrator(),
                "{\"owner\":\"eve\",\"tags\":[\"db\"]}");
        String token = Json.tree(Bytes.utf8(call(
                                "POST",
                                "/api/v1/tokens",
                                node.administrator(),
                                "{\"name\":\"s\",\"role\":\"scoped\",\"grants\":[{\"environment\":\"find\","
                                        + "\"application\":\"orders\",\"verbs\":[\"read\"]}]}")
                        .body()))
                .get("token")
                .asText();

        assertThat(hits("q=POOL.SIZE&env=find", node.administrator())).hasSize(2);
        assertThat(hits("q=pool.size", token)).hasSize(1);
        assertThat(hits("q=postgresql&env=find", token).get(0).get("key").asText())
                .isEqualTo("url");
        assertThat(hits("tag=db&env=find", node.administrator())
                        .get(0)
                        .get("application")
                        .asText())
                .isEqualTo("billing");
        assertThat(hits("owner=eve", token)).isEmpty();
    }

    @Test
    void export_holdsEveryCurrentFileByteForByte() throws Exception {
        put("out", "orders", "app.yaml", "a: 1\n");
        put("out", "orders", "app.yaml", "a: 2 # ü\n");
        put("out", "billing", "app.properties", "b=1\n");
        call("PUT", file("out", "orders", "app.yaml") + "?cluster=eu", node.administrator(), "a: eu\n");

        assertThat(export("out"))
                .isEqualTo(Map.of(
                        "orders/default/app.yaml", "a: 2 # ü\n",
                        "orders/eu/app.yaml", "a: eu\n",
                        "billing/default/app.properties", "b=1\n"));
    }

    @Test
    void retention_removesOldReleasesAndNeverOneThatIsServed() throws Exception {
        for (int i = 1; i <= 8; i++) put("keep", "orders", "app.yaml", "v: " + i + "\n");
        call("PUT", file("keep", "orders", "app.yaml") + "/gray/g", node.administrator(), "{\"text\":\"v: gray\\n\"}");
        for (int i = 10; i <= 14; i++) put("keep", "orders", "app.yaml", "v: " + i + "\n");
        call("PUT", "/api/v1/envs/keep/settings", node.administrator(), "{\"keepReleases\":2}");

        JsonNode done = Json.tree(Bytes.utf8(call("POST", "/api/v1/envs/keep/retention", node.administrator(), "")
                .body()));

        assertThat(done.get("removed").asInt()).isEqualTo(11);
        JsonNode history = Json.tree(
                Bytes.utf8(call("GET", file("keep", "orders", "app.yaml") + "/releases", node.administrator(), "")
                        .body()));
        assertThat(history.at("/releases/0/release").asInt()).isEqualTo(14);
        assertThat(history.at("/releases/1/release").asInt()).isEqualTo(13);
        assertThat(history.at("/releases/2/release").asInt()).isEqualTo(9);
        assertThat(history.at("/releases")).hasSize(3);
        assertThat(call("GET", file("keep", "orders", "app.yaml"), node.administrator(), "")
                        .body())
                .isEqualTo("v: 14\n");
    }

    private JsonNode hits(String query, String token) throws Exception {
        return Json.tree(Bytes.utf8(
                        call("GET", "/api/v1/search?" + query, token, "").body()))
                .get("hits");
    }

    private Map<String, String> export(String environment) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.port() + "/api/v1/envs/" + environment + "/export"))
                .header("Authorization", "Bearer " + node.administrator())
                .build();
        byte[] zip = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry())
                files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        return files;
    }

    private void put(String environment, String application, String name, String text) throws Exception {
        assertThat(call("PUT", file(environment, application, name), node.administrator(), text)
                        .statusCode())
                .isIn(200, 201);
    }

    private static String file(String environment, String application, String name) {
        return "/api/v1/envs/" + environment + "/apps/" + application + "/files/" + name;
    }

    private HttpResponse<String> call(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, token, body);
    }
}
