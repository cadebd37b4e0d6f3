package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.consensus.MemberId;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.auth.Tokens;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.Json;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals of three real nodes. */
@Timeout(180)
@SuppressWarnings("NullAway.Init")
final class SignalForwardingTest {
    private static final String TOKEN = Tokens.generate(new SecureRandom());

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AttuneNode> nodes = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        List<Member> members = new ArrayList<>();
        List<ServerSocket> free = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            free.add(new ServerSocket(0));
            members.add(
                    new Member(new MemberId("n" + i), "127.0.0.1:" + free.get(i).getLocalPort(), ""));
        }
        for (ServerSocket each : free) each.close();
        for (Member each : members) {
            int port = Integer.parseInt(each.peerAddress().substring("127.0.0.1:".length()));
            nodes.add(AttuneNode.start(
                    NodeOptions.single(each.id(), directory.resolve(each.id().value()), 0, port)
                            .withPeers(members)
                            .withAdministratorToken(TOKEN),
                    cause -> {}));
        }
        for (AttuneNode each : nodes) each.ready().get(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        nodes.forEach(AttuneNode::close);
    }

    private AttuneNode leader() {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> nodes.stream()
                                .filter(each -> each.core().status().isLeader())
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private HttpResponse<byte[]> send(AttuneNode node, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .header("Attune-Environment", "prod")
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private JsonNode sources(AttuneNode node) throws Exception {
        HttpResponse<byte[]> answer = send(node, "GET", "/api/v1/envs/prod/apps/orders/signals/sources", "");
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return Json.tree(Bytes.wrap(answer.body())).path("sources");
    }

    @Test
    @DisplayName("what any node takes is kept by the leader, every node tells of it, and another leader begins anew")
    void signalsOfAnyNode_areKeptByTheLeader() throws Exception {
        AttuneNode first = leader();
        AttuneNode follower =
                nodes.stream().filter(each -> each != first).findFirst().orElseThrow();
        String metrics = "{\"resourceMetrics\":[{\"resource\":{\"attributes\":["
                + "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"orders\"}},"
                + "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"by-otlp\"}}]},"
                + "\"scopeMetrics\":[{\"metrics\":[{\"name\":\"x\",\"gauge\":{\"dataPoints\":[{\"asInt\":1}]}}]}]}]}";
        HttpResponse<byte[]> answer = send(follower, "POST", "/v1/metrics", metrics);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
        try (AttuneClient client = AttuneClient.builder()
                .endpoints("127.0.0.1:" + follower.apiPort())
                .token(TOKEN)
                .snapshotDirectory(null)
                .signalInterval(Duration.ofMillis(500))
                .build()) {
            Config config = client.config(InstanceSpec.of("by-sdk", "prod", "orders"));
            config.signals().gauge("x", () -> 1);
            for (AttuneNode each : nodes)
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    JsonNode sources = sources(each);
                    assertThat(sources).as(sources.toString()).hasSize(2);
                    sources.forEach(source -> assertThat(source.path("joined").asBoolean())
                            .as(source.toString())
                            .isEqualTo(source.path("instance").asText().equals("by-sdk")));
                });

            first.close();
            nodes.remove(first);
            AttuneNode second = leader();
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                JsonNode sources = sources(second);
                assertThat(sources).as(sources.toString()).hasSize(1);
                assertThat(sources.path(0).path("joined").asBoolean()).isTrue();
            });
        }
    }
}
