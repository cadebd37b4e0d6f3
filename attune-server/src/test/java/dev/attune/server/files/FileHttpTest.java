package dev.attune.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.auth.Authorizer;
import dev.attune.server.auth.Principal;
import dev.attune.server.auth.Role;
import dev.attune.server.http.HttpListener;
import dev.attune.server.http.HttpOptions;
import dev.attune.server.http.Json;
import dev.attune.server.http.LiveStreams;
import dev.attune.server.http.RouteTable;
import dev.attune.server.keyspace.StoreKeyspace;
import dev.attune.server.subscribe.Follower;
import dev.attune.server.subscribe.SharedSubscriptions;
import dev.attune.server.subscribe.SseRoutes;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files and subscriptions over a real socket. */
@Timeout(60)
final class FileHttpTest {
    private static final String FILE = "/api/v1/envs/prod/apps/orders/files/application.yaml";
    private static final String SUBSCRIBE = "/api/v1/envs/prod/apps/orders/subscribe";

    private final Vertx vertx = Vertx.vertx();
    private final StoreKeyspace keyspace = new StoreKeyspace();
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final HttpClient client = HttpClient.newHttpClient();
    private String base = "";

    @BeforeEach
    void listen() {
        Authorizer authorizer = token -> CompletableFuture.completedFuture(
                token.isPresent()
                        ? new Principal("ada", Optional.of(Role.parse(token.get())), "t")
                        : Principal.ANONYMOUS);
        RouteTable table = new RouteTable();
        new FileRoutes(new FileService(keyspace, Clock.systemUTC())).mount(table);
        new SseRoutes(new SharedSubscriptions(keyspace, workers), (spec, files) -> Follower.NOBODY).mount(table);
        int port = new HttpListener(vertx, table, authorizer, new LiveStreams())
                .listen(HttpOptions.loopback(0))
                .join();
        base = "http://127.0.0.1:" + port;
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        keyspace.close();
        workers.shutdownNow();
    }

    @Test
    void file_isPutReadListedComparedRolledBackAndDeleted() throws Exception {
        HttpResponse<String> first = send(call("PUT", FILE + "?message=first", "a: 1\nb: 1\n"));
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(json(first).path("release").asInt()).isEqualTo(1);
        assertThat(json(first).path("author").asText()).isEqualTo("ada");
        assertThat(first.headers().firstValue("ETag")).contains("\"1\"");
        assertThat(send(call("PUT", FILE, "a: 1\nb: 1\n")).statusCode()).isEqualTo(200);
        assertThat(send(call("PUT", FILE, "a: 2\nb: 1\n")).statusCode()).isEqualTo(201);

        HttpResponse<String> text = send(call("GET", FILE, ""));
        assertThat(text.body()).isEqualTo("a: 2\nb: 1\n");
        assertThat(text.headers().firstValue("Attune-Release")).contains("2");
        assertThat(send(call("GET", FILE + "?release=1", "")).body()).isEqualTo("a: 1\nb: 1\n");
        JsonNode view =
                json(send(authorised(FILE).header("Accept", "application/json").GET()));
        assertThat(view.path("keys").path("a").asText()).isEqualTo("2");

        JsonNode diff = json(send(call("GET", FILE + "/diff?from=1&to=2", "")));
        assertThat(diff.path("keys").toString()).isEqualTo("[{\"key\":\"a\",\"before\":\"1\",\"after\":\"2\"}]");
        assertThat(diff.path("lines")).hasSize(3);
        JsonNode list = json(send(call("GET", "/api/v1/envs/prod/apps/orders/files", "")));
        assertThat(list.path("files").path(0).path("release").asInt()).isEqualTo(2);

        JsonNode back = json(send(call("POST", FILE + "/rollback?to=1", "")));
        assertThat(back.path("kind").asText()).isEqualTo("ROLLBACK");
        JsonNode history = json(send(call("GET", FILE + "/releases", "")));
        assertThat(history.path("releases")).hasSize(3);
        assertThat(send(call("DELETE", FILE, "")).statusCode()).isEqualTo(204);
        assertThat(send(call("GET", FILE, "")).statusCode()).isEqualTo(404);
        assertThat(json(send(call("GET", "/api/v1/envs", "")))
                        .path("environments")
                        .path(0)
                        .asText())
                .isEqualTo("prod");
        assertThat(json(send(call("GET", "/api/v1/envs/prod/apps", "")))
                        .path("applications")
                        .path(0)
                        .asText())
                .isEqualTo("orders");
    }

    @Test
    void whatIsWrong_isRefusedWithAProblem() throws Exception {
        send(call("PUT", FILE, "a: 1\n"));

        HttpResponse<String> invalid = send(call("PUT", FILE, "a: 1\na: 2\n"));
        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(json(invalid).path("detail").asText()).startsWith("line 2, column 1");
        HttpResponse<String> stale =
                send(authorised(FILE).header("If-Match", "\"7\"").PUT(HttpRequest.BodyPublishers.ofString("a: 3\n")));
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(json(stale).path("code").asText()).isEqualTo("CONFLICT");
        assertThat(send(call("PUT", FILE, "#".repeat(FileService.TEXT_BYTES_MAX + 1)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(send(call("GET", FILE + "?release=9", "")).statusCode()).isEqualTo(404);
        assertThat(send(call("GET", "/api/v1/envs/prod/apps/or%20ders/files/a", ""))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(HttpRequest.newBuilder(URI.create(base + FILE)).GET()).statusCode())
                .isEqualTo(401);
        HttpRequest.Builder reader = HttpRequest.newBuilder(URI.create(base + FILE))
                .header("Authorization", "Bearer reader")
                .PUT(HttpRequest.BodyPublishers.ofString("a: 3\n"));
        assertThat(send(reader).statusCode()).isEqualTo(403);
    }

    @Test
    void eventStream_startsCompleteTellsChangesAndResumesById() throws Exception {
        send(call("PUT", FILE, "a: 1\n"));
        String id;
        try (Events events = open(authorised(SUBSCRIBE))) {
            Event first = events.next();
            assertThat(first.name).isEqualTo("config");
            assertThat(first.data.path("complete").asBoolean()).isTrue();
            assertThat(first.data.path("files").path(0).path("keys").path("a").asText())
                    .isEqualTo("1");
            send(call("PUT", FILE, "a: 2\n"));
            Event second = events.next();
            assertThat(second.name).isEqualTo("change");
            assertThat(second.data.path("files").path(0).path("text").asText()).isEqualTo("a: 2\n");
            id = second.id;
            assertThat(second.data.path("revision").asText()).isEqualTo(id);
        }
        send(call("PUT", "/api/v1/envs/prod/apps/orders/files/other", "x=1\n"));

        try (Events events = open(authorised(SUBSCRIBE).header("Last-Event-ID", id))) {
            Event resumed = events.next();
            assertThat(resumed.name).isEqualTo("change");
            assertThat(resumed.data.path("files")).hasSize(1);
            assertThat(resumed.data.path("files").path(0).path("file").asText()).isEqualTo("other");
        }
    }

    private HttpRequest.Builder authorised(String path) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer publisher");
    }

    private HttpRequest.Builder call(String method, String path, String body) {
        return authorised(path).method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Events open(HttpRequest.Builder request) throws Exception {
        return new Events(client.send(request.GET().build(), HttpResponse.BodyHandlers.ofInputStream())
                .body());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.tree(Bytes.utf8(response.body()));
    }

    /** One server-sent event. */
    private record Event(String id, String name, JsonNode data) {}

    /** Reads events off a response. */
    private static final class Events implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;

        Events(InputStream body) {
            this.body = body;
            this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        Event next() throws IOException {
            String id = "";
            String name = "";
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) id = line.substring(4);
                else if (line.startsWith("event: ")) name = line.substring(7);
                else if (line.startsWith("data: ")) data.append(line.substring(6));
                else if (line.isEmpty() && data.length() > 0)
                    return new Event(id, name, Json.tree(Bytes.utf8(data.toString())));
            }
            throw new IOException("the stream ended");
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
