package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administrator's token that a first start writes, by a clock that the test sets. */
final class FirstTokenTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final HandedInClock clock = new HandedInClock();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static final class HandedInClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(START);

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return java.util.Objects.requireNonNull(now.get());
        }
    }

    private AttuneNode start() throws Exception {
        AttuneNode node = AttuneNode.start(
                NodeOptions.single(new MemberId("n1"), directory.resolve("data"), 0, 0), clock, cause -> {});
        node.ready().get(60, TimeUnit.SECONDS);
        return node;
    }

    private HttpResponse<String> call(AttuneNode node, String method, String path, String token, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisplayName("the first token ends after 24 hours with a message about lasting ones; lasting ones do not end")
    void firstToken_endsAfterADay() throws Exception {
        try (AttuneNode node = start()) {
            String first = Files.readString(node.tokenFile()).strip();
            String made = call(node, "POST", "/api/v1/tokens", first, "{\"name\": \"me\", \"role\": \"admin\"}")
                    .body();
            String lasting = Json.tree(Bytes.utf8(made)).get("token").asText();

            clock.now.set(START.plus(Duration.ofHours(24)).minusMillis(1));
            assertThat(call(node, "GET", "/api/v1/whoami", first, "").statusCode())
                    .isEqualTo(200);

            clock.now.set(START.plus(Duration.ofHours(24)));
            HttpResponse<String> refused = call(node, "GET", "/api/v1/whoami", first, "");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("2026-01-02T00:00:00Z").contains("attune token create");
            clock.now.set(START.plus(Duration.ofDays(3000)));
            assertThat(call(node, "GET", "/api/v1/whoami", lasting, "").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("W10: a token's streams end with it")
    void streams_endWithTheirToken() throws Exception {
        try (AttuneNode node = start()) {
            String first = Files.readString(node.tokenFile()).strip();
            HttpRequest watch = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + node.apiPort() + "/api/v1/watch?prefix=a"))
                    .header("Authorization", "Bearer " + first)
                    .build();
            var stream = http.send(watch, HttpResponse.BodyHandlers.ofInputStream());

            clock.now.set(START.plus(Duration.ofHours(25)));

            // Reads to the end, which does not come while the stream is open.
            assertThat(java.util.concurrent.CompletableFuture.supplyAsync(() -> {
                                try (var in = stream.body()) {
                                    return in.readAllBytes().length;
                                } catch (IOException cut) {
                                    return 1;
                                }
                            })
                            .get(20, TimeUnit.SECONDS))
                    .isPositive();
        }
    }

    @Test
    @DisplayName("when every administrator's token has ended, a start writes a new one: nobody is locked out")
    void startWithoutAnyAdministrator_writesANewToken() throws Exception {
        String first;
        try (AttuneNode node = start()) {
            first = Files.readString(node.tokenFile()).strip();
        }
        try (AttuneNode node = start()) {
            assertThat(Files.readString(node.tokenFile()).strip()).isEqualTo(first);
        }

        clock.now.set(START.plus(Duration.ofHours(30)));
        try (AttuneNode node = start()) {
            String second = Files.readString(node.tokenFile()).strip();
            assertThat(second).isNotEqualTo(first);
            assertThat(call(node, "GET", "/api/v1/whoami", second, "").statusCode())
                    .isEqualTo(200);
            assertThat(call(node, "GET", "/api/v1/whoami", first, "").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void tokenWithATimeOfItsOwn_endsThen() throws Exception {
        try (AttuneNode node = start()) {
            String first = Files.readString(node.tokenFile()).strip();
            String made = call(
                            node,
                            "POST",
                            "/api/v1/tokens",
                            first,
                            "{\"name\": \"ci\", \"role\": \"reader\", \"validSeconds\": 60}")
                    .body();
            String brief = Json.tree(Bytes.utf8(made)).get("token").asText();
            assertThat(Json.tree(Bytes.utf8(made)).get("expires").asText()).isEqualTo("2026-01-01T00:01:00Z");

            assertThat(call(node, "GET", "/api/v1/whoami", brief, "").statusCode())
                    .isEqualTo(200);
            clock.now.set(START.plusSeconds(60));
            assertThat(call(node, "GET", "/api/v1/whoami", brief, "").statusCode())
                    .isEqualTo(401);
            assertThat(call(
                                    node,
                                    "POST",
                                    "/api/v1/tokens",
                                    first,
                                    "{\"name\": \"ci\", \"role\": \"reader\", \"validSeconds\": 0}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }
}
