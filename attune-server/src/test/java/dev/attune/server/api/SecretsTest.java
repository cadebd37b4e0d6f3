package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secret values over the API of a real node. */
@Timeout(120)
final class SecretsTest {
    private static final String FILE = "/api/v1/envs/prod/apps/orders/files/app.yaml";
    private static final String EFFECTIVE = "/api/v1/envs/prod/apps/orders/effective";
    private static final String TEXT = "# db\ndb:\n  user: orders\n  password: \"{secret}p4ss: word\"\n";

    @TempDir
    Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void secretValue_isSealedInTheStoreAndShownOnlyToWhoMayReadIt() throws Exception {
        start("k1 " + key(1));
        assertThat(admin("PUT", FILE, TEXT).statusCode()).isEqualTo(201);
        String reader = node.token("reader");
        String app = token("read-secret", "orders");
        String other = token("read-secret", "billing");

        String text = admin("GET", FILE, "").body();

        assertThat(text)
                .startsWith("# db\ndb:\n  user: orders\n  password: \"{sealed:1.k1.orders~")
                .doesNotContain("p4ss");
        assertThat(value(node.administrator())).isEqualTo("p4ss: word");
        assertThat(value(reader)).isEqualTo("••••••");
        assertThat(value(app)).isEqualTo("p4ss: word");
        assertThat(node.call("GET", EFFECTIVE, other, "").statusCode()).isEqualTo(404);
        HttpResponse<String> json = node.call("GET", FILE, reader, "", "Accept", "application/json");
        assertThat(Json.tree(Bytes.utf8(json.body())).at("/keys/db.password").asText())
                .isEqualTo("••••••");
        // A text that is read, changed elsewhere and put back keeps its secret.
        assertThat(admin("PUT", FILE, text.replace("user: orders", "user: other"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(value(app)).isEqualTo("p4ss: word");
    }

    @Test
    void tokenCopiedIntoAnotherApplication_staysClosedThere() throws Exception {
        start("k1 " + key(1));
        admin("PUT", FILE, TEXT);
        String stolen = admin("GET", FILE, "").body();
        admin("PUT", "/api/v1/envs/prod/apps/evil/files/app.yaml", stolen);
        admin("PUT", "/api/v1/envs/test/apps/orders/files/app.yaml", stolen);
        String evil = token("read-secret", "evil");
        String elsewhere = token("{\"environment\":\"test\",\"verbs\":[\"read\",\"read-secret\"]}");

        assertThat(node.call("GET", EFFECTIVE.replace("orders", "evil"), evil, "")
                        .body())
                .contains("••••••")
                .doesNotContain("p4ss");
        assertThat(node.call("GET", EFFECTIVE.replace("prod", "test"), elsewhere, "")
                        .body())
                .contains("••••••")
                .doesNotContain("p4ss");
    }

    @Test
    void rotatedKey_sealsAgainAndOldReleasesStayReadableWhileItIsKept() throws Exception {
        start("k1 " + key(1));
        admin("PUT", FILE, TEXT);
        node.close();
        start("k2 " + key(2) + "\nk1 " + key(1));

        HttpResponse<String> rotated = admin("POST", "/api/v1/envs/prod/apps/orders/secrets/rotate", "");

        assertThat(rotated.body()).contains("\"release\":2");
        assertThat(admin("GET", FILE, "").body()).contains("{sealed:1.k2.orders~");
        assertThat(value(node.administrator())).isEqualTo("p4ss: word");
        assertThat(admin("POST", "/api/v1/envs/prod/apps/orders/secrets/rotate", "")
                        .body())
                .contains("[]");
        node.close();
        start("k2 " + key(2));
        assertThat(value(node.administrator())).isEqualTo("p4ss: word");
    }

    /** A sealed value is another text each time; a rollout policy is about what it says. */
    @Test
    void secretOfARolloutPolicy_mayBeSealedAnewAtOnce_butNotChanged() throws Exception {
        start("k1 " + key(1));
        admin("PUT", FILE, TEXT);
        String policy =
                """
                kind: RolloutPolicy
                metadata: {name: careful, app: orders}
                spec:
                  match: {keys: ["db.*"]}
                  stages: [1, 100%]
                """;
        HttpResponse<String> saved = admin("PUT", FILE.replace("app.yaml", "careful.policy"), policy);
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(201);
        node.close();
        start("k2 " + key(2) + "\nk1 " + key(1));

        HttpResponse<String> rotated = admin("POST", "/api/v1/envs/prod/apps/orders/secrets/rotate", "");
        assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(200);
        assertThat(rotated.body()).contains("\"release\":2");
        HttpResponse<String> again = admin("PUT", FILE, TEXT + "# more\n");
        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
        HttpResponse<String> changed = admin("PUT", FILE, TEXT.replace("p4ss", "other"));
        assertThat(changed.statusCode()).isEqualTo(412);
        assertThat(changed.body())
                .contains("db.password", "rollout policy careful")
                .doesNotContain("p4ss");
    }

    @Test
    void secretWithoutAKey_isRefusedSayingWhatToDo() throws Exception {
        start("");

        HttpResponse<String> refused = admin("PUT", FILE, TEXT);

        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(refused.body()).contains("secret-keys").contains("new-key").doesNotContain("p4ss");
    }

    @Test
    void nodeWithoutTheKeyOfASecret_namesTheFileAndWhatToDo() throws Exception {
        start("k1 " + key(1));
        admin("PUT", FILE, TEXT);
        String reader = node.token("reader");
        node.close();
        start("");

        HttpResponse<String> effective = admin("GET", EFFECTIVE, "");
        HttpResponse<String> view = node.call("GET", FILE, node.administrator(), "", "Accept", "application/json");
        HttpResponse<String> published = admin("PUT", FILE + "/keys/db.user", "other");
        HttpResponse<String> rotated = admin("POST", "/api/v1/envs/prod/apps/orders/secrets/rotate", "");
        HttpResponse<String> found = admin("GET", "/api/v1/search?q=db.", "");

        for (HttpResponse<String> each : java.util.List.of(effective, view)) {
            assertThat(each.statusCode()).as(each.body()).isEqualTo(412);
            assertThat(each.body())
                    .contains("no key k1", directory.resolve("data/secret-keys").toString(), "copy the file");
        }
        assertThat(rotated.statusCode()).isEqualTo(412);
        assertThat(rotated.body())
                .contains(directory.resolve("data/secret-keys").toString());
        // What nobody needs the key for goes on.
        assertThat(published.statusCode()).isEqualTo(201);
        assertThat(value(reader)).isEqualTo("••••••");
        assertThat(found.body()).contains("db.password", "••••••");
    }

    @Test
    void schema_isCheckedAgainstTheValueAndNotTheToken() throws Exception {
        start("k1 " + key(1));
        admin(
                "PUT",
                "/api/v1/envs/prod/apps/orders/files/s.schema.json",
                "{\"properties\":{\"db\":{\"properties\":{\"password\":{\"type\":\"string\",\"maxLength\":12}}}}}");
        admin("PUT", FILE + "/settings", "{\"schema\":\"s.schema.json\"}");

        assertThat(admin("PUT", FILE, TEXT).statusCode()).isEqualTo(201);
        HttpResponse<String> refused = admin("PUT", FILE, TEXT.replace("p4ss", "p4ss-and-much-longer"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).doesNotContain("much-longer");
    }

    private void start(String keys) throws Exception {
        Path data = directory.resolve("data");
        Files.createDirectories(data);
        Path file = data.resolve("secret-keys");
        Files.deleteIfExists(file);
        if (!keys.isEmpty()) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, keys + "\n");
        }
        node = RunningNode.start(data);
    }

    private String value(String token) throws Exception {
        JsonNode answer =
                Json.tree(Bytes.utf8(node.call("GET", EFFECTIVE, token, "").body()));
        for (JsonNode key : answer.at("/files/0/keys"))
            if (key.get("key").asText().equals("db.password"))
                return key.get("value").asText();
        throw new AssertionError("no key in " + answer);
    }

    private String token(String verb, String application) throws Exception {
        return token("{\"environment\":\"prod\",\"application\":\"" + application + "\",\"verbs\":[\"read\",\"" + verb
                + "\"]}");
    }

    private String token(String grant) throws Exception {
        String body = "{\"name\":\"t\",\"role\":\"scoped\",\"grants\":[" + grant + "]}";
        return Json.tree(Bytes.utf8(admin("POST", "/api/v1/tokens", body).body()))
                .get("token")
                .asText();
    }

    private HttpResponse<String> admin(String method, String path, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, node.administrator(), body);
    }

    private static String key(int seed) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) seed);
        return Base64.getEncoder().encodeToString(key);
    }
}
