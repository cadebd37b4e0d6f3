package dev.attune.e2e.guarded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** What a person asks of the centre over REST in a campaign of guarded rollouts. Safe for all threads. */
public final class CentreCalls {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROOT = "/api/v1/envs/" + OrdersFleet.ENVIRONMENT;
    private static final String FILE = "application.yaml";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;
    private final String token;

    /** @param address of a node, with its scheme */
    public CentreCalls(String address, String token) {
        this.address = address;
        this.token = token;
    }

    /** Releases a text to every instance at once. */
    public void put(String application, String text) throws IOException, InterruptedException {
        call("PUT", ROOT + "/apps/" + application + "/files/" + FILE, text);
    }

    /** Starts a guarded rollout; nothing while too little is known of the time before it. */
    Optional<Long> start(String application, String text, Stage stage, String guards)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("strategy", "progressive").put("guards", guards);
        body.putArray("stages").addObject().put("count", stage.count()).put("seconds", stage.seconds());
        body.putArray("files")
                .addObject()
                .put("application", application)
                .put("file", FILE)
                .put("text", text);
        HttpResponse<String> answer = send("POST", ROOT + "/rollouts", body.toString());
        if (answer.statusCode() == 412) return Optional.empty();
        if (answer.statusCode() != 201) throw new IOException(answer.statusCode() + ": " + answer.body());
        return Optional.of(JSON.readTree(answer.body()).path("number").asLong());
    }

    /** How a rollout stands. */
    JsonNode rollout(long number) throws IOException, InterruptedException {
        return JSON.readTree(call("GET", ROOT + "/rollouts/" + number, ""));
    }

    /** Ends a rollout with the former release. */
    void abort(long number) throws IOException, InterruptedException {
        call("POST", ROOT + "/rollouts/" + number + "/abort", "");
    }

    private String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, body);
        if (answer.statusCode() >= 300) throw new IOException(answer.statusCode() + ": " + answer.body());
        return answer.body();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofMinutes(5))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
