package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over a real node: one Raft member with its log on disk, on loopback. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiTest {
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
    @DisplayName(
            "every route × anonymous, unknown token, reader, publisher, administrator: denied unless its role allows")
    void everyRoute_answersOnlyWhomItsPermissionAllows() throws Exception {
        String reader = node.token("reader");
        String publisher = node.token("publisher");

        for (Route route : node.routes()) {
            String path = route.path().replaceAll("\\{[^}]*}", "1");
            boolean open = route.permission() == Permission.PUBLIC;
            boolean read = open || route.permission() == Permission.KNOWN || route.permission() == Permission.READ;
            boolean write = read || route.permission() == Permission.PUBLISH;
            String unknown = "attune_" + "x".repeat(43);

            assertAllowed(route, path, "", open, 401);
            assertThat(node.status(route.method(), path, unknown))
                    .as(route.operationId())
                    .isEqualTo(401);
            assertAllowed(route, path, reader, read, 403);
            assertAllowed(route, path, publisher, write, 403);
        }
    }

    private void assertAllowed(Route route, String path, String token, boolean allowed, int refusal) throws Exception {
        int status = node.status(route.method(), path, token);
        if (allowed) assertThat(status).as(route.operationId()).isNotIn(401, 403, 405, 500);
        else assertThat(status).as(route.operationId()).isEqualTo(refusal);
    }

    @Test
    void openApi_namesExactlyTheRoutes() throws Exception {
        JsonNode document = json(node.call("GET", "/openapi.json", "", ""));

        Set<String> documented = new TreeSet<>();
        document.get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(
                        method -> documented.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        Set<String> registered = new TreeSet<>();
        for (Route route : node.routes()) registered.add(route.method() + " " + OpenApi.template(route));
        assertThat(documented).isEqualTo(registered);
    }

    @Test
    void putThenGet_returnsTheBytesAndTheirRevision() throws Exception {
        HttpResponse<String> put = admin("PUT", "/api/v1/kv/app/greeting", "hello");
        HttpResponse<String> get = admin("GET", "/api/v1/kv/app/greeting", "");

        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(get.body()).isEqualTo("hello");
        assertThat(get.headers().firstValue("ETag")).isEqualTo(put.headers().firstValue("ETag"));
        assertThat(get.headers().firstValue("Attune-Revision")).isPresent();
    }

    @Test
    void putOntoAnOlderRevision_isAConflictThatSaysWhatToDo() throws Exception {
        admin("PUT", "/api/v1/kv/cas", "one");

        HttpResponse<String> refused = admin("PUT", "/api/v1/kv/cas?prevRevision=1", "two");

        JsonNode problem = json(refused);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.get("code").asText()).isEqualTo("CONFLICT");
        assertThat(problem.get("next").asText()).isNotEmpty();
        assertThat(admin("GET", "/api/v1/kv/cas", "").body()).isEqualTo("one");
    }

    @Test
    @DisplayName("G4: a repeat under the same request id has one effect")
    void repeatedRequestId_hasOneEffect() throws Exception {
        String[] id = {"Attune-Request-Id", "7f-1"};

        HttpResponse<String> first = node.call("PUT", "/api/v1/kv/once", node.administrator(), "x", id);
        HttpResponse<String> again = node.call("PUT", "/api/v1/kv/once", node.administrator(), "x", id);

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(admin("GET", "/api/v1/kv/once", "").headers().firstValue("Attune-Version"))
                .contains("1");
    }

    @Test
    void txn_takesTheBranchThatItsCompareChooses() throws Exception {
        String body = "{\"compare\": [{\"key\": \"t\", \"target\": \"version\", \"expected\": 0}],"
                + " \"then\": [{\"put\": {\"key\": \"t\", \"value\": \"new\"}}], \"else\": [{\"get\": {\"key\": \"t\"}}]}";

        JsonNode first = json(admin("POST", "/api/v1/kv/txn", body));
        JsonNode second = json(admin("POST", "/api/v1/kv/txn", body));

        assertThat(first.get("succeeded").asBoolean()).isTrue();
        assertThat(second.get("succeeded").asBoolean()).isFalse();
        assertThat(second.at("/results/0/get/keys/0/value").asText()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/kv/%00token/x",
                "/api/v1/kv?start=%00token/&end=%00zzz",
                "/api/v1/kv?prefix=%00",
            })
    void systemKeys_areNeverShown(String path) throws Exception {
        HttpResponse<String> response = admin("GET", path, "");

        if (response.statusCode() == 200)
            assertThat(json(response).get("count").asLong()).isZero();
        else assertThat(response.statusCode()).isEqualTo(403);
    }

    @Test
    void anUnconstrainedRange_leavesSystemKeysOut() throws Exception {
        admin("PUT", "/api/v1/kv/visible", "x");

        assertThat(admin("GET", "/api/v1/kv", "").body()).contains("visible").doesNotContain("token/");
    }

    @Test
    void bodyBeyondTheLimit_isRefusedByItsDeclaredLength() throws Exception {
        HttpResponse<String> refused = admin("PUT", "/api/v1/kv/big", "x".repeat((1 << 20) + 1));

        assertThat(refused.statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"then\": [], \"then\": []}",
                "{\"unknown\": 1}",
                "{\"then\": [{\"put\": {\"key\": \"a\", \"value\": \"b\", \"admin\": true}}]}",
                "not json",
                "{\"then\": []} trailing",
            })
    void malformedJson_isRefusedWithoutEcho(String body) throws Exception {
        HttpResponse<String> refused = admin("POST", "/api/v1/kv/txn", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).doesNotContain("admin").doesNotContain("not json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1//tokens",
                "/api/v1/./tokens",
                "/api/v1/x/../tokens",
                "/api/v1/%2e%2e/tokens",
                "/api/v1/tokens;jsessionid=1",
                "/api/v1/tokens/",
                "/api/v1/tokens.json",
                "/api/v1/Tokens",
                "/api%2fv1/tokens",
                "/api/v1/tokens%00",
            })
    @DisplayName("attack 3: no spelling of a path reaches a handler without a token")
    void pathTricks_neverReachAHandler(String path) throws Exception {
        assertThat(raw("GET " + path + " HTTP/1.1")).matches("HTTP/1.1 40[014].*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "User-Agent: Attune-Server",
                "X-Forwarded-For: 127.0.0.1",
                "X-Original-URL: /healthz",
                "X-HTTP-Method-Override: GET",
                "Authorization: Basic YWRtaW46YWRtaW4=",
            })
    @DisplayName("attack 2: no header replaces a token")
    void identityHeaders_areIgnored(String header) throws Exception {
        assertThat(raw("GET /api/v1/tokens HTTP/1.1\r\n" + header)).startsWith("HTTP/1.1 401");
    }

    @Test
    void administratorsToken_liesInAPrivateFileAndNowhereInTheStore() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(node.tokenFile())))
                .isEqualTo("rw-------");
        assertThat(admin("GET", "/api/v1/tokens", "").body()).doesNotContain(node.administrator());
    }

    @Test
    void revokedToken_isRefusedAtOnce() throws Exception {
        String token = node.token("reader");
        String id = json(node.call("GET", "/api/v1/whoami", token, ""))
                .get("tokenId")
                .asText();

        assertThat(admin("DELETE", "/api/v1/tokens/" + id, "").statusCode()).isEqualTo(204);

        assertThat(node.status("GET", "/api/v1/whoami", token)).isEqualTo(401);
    }

    @Test
    void lastAdministrator_cannotBeRevoked() throws Exception {
        String id = json(admin("GET", "/api/v1/whoami", "")).get("tokenId").asText();

        assertThat(admin("DELETE", "/api/v1/tokens/" + id, "").statusCode()).isEqualTo(412);
    }

    private HttpResponse<String> admin(String method, String path, String body)
            throws IOException, InterruptedException {
        return node.call(method, path, node.administrator(), body);
    }

    /** The status line of a request that no client library would send. */
    private String raw(String head) throws IOException {
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), node.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    (head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.lines().findFirst().orElse("");
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }
}
