package dev.attune.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import dev.attune.server.http.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * One real node for all tests of a class, and its administrator's calls over the application {@code orders}; each test has
 * an environment of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OrdersOnNode {
    @SuppressWarnings("NullAway.Init")
    private RunningNode node;

    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeAll
    final void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        node = RunningNode.start(temporary.resolve("data"));
    }

    @AfterAll
    final void stop() {
        node.close();
    }

    final SdkFleet fleet(String environment, int size) throws Exception {
        return new SdkFleet(node, directory, environment, size);
    }

    final RunningNode node() {
        return node;
    }

    final HttpResponse<String> call(String method, String path, String body) throws Exception {
        return node.call(method, path, node.administrator(), body);
    }

    static JsonNode json(HttpResponse<String> answer) {
        return Json.tree(Bytes.utf8(answer.body()));
    }

    /** Of a file. */
    static String path(String environment, String name) {
        return "/api/v1/envs/" + environment + "/apps/orders/files/" + name;
    }

    final void put(String environment, String name, String text) throws Exception {
        HttpResponse<String> answer = call("PUT", path(environment, name), text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    /** Starts a rollout. */
    final long started(String environment, String body) throws Exception {
        HttpResponse<String> answer = call("POST", "/api/v1/envs/" + environment + "/rollouts", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).get("number").asLong();
    }

    final JsonNode rollout(String environment, long number, String query) throws Exception {
        return json(call("GET", "/api/v1/envs/" + environment + "/rollouts/" + number + query, ""));
    }

    final JsonNode rollout(String environment, long number) throws Exception {
        return rollout(environment, number, "");
    }

    /** A rollout once it has ended. */
    final JsonNode ended(String environment, long number) throws Exception {
        JsonNode end = rollout(environment, number, "?wait=25");
        assertThat(end.get("ended").asBoolean()).as(end.toString()).isTrue();
        return end;
    }
}
