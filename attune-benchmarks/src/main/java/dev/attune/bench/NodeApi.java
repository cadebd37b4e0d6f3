package dev.attune.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The REST API of a node that runs, for what a load sets up and asks beside its load. Safe for all threads; blocks. */
public final class NodeApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String endpoint;
    private final String token;

    /** @param endpoint host and port */
    public NodeApi(String endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
    }

    /** What the node answers, whatever it is. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
                .header("Authorization", "Bearer " + token)
                .timeout(TIMEOUT)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The answer's text; fails with status and text of one that is no success. */
    public String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, body);
        if (answer.statusCode() >= 300) throw new IOException(answer.statusCode() + ": " + answer.body());
        return answer.body();
    }

    /** The answer of {@link #call}, read. */
    public JsonNode json(String method, String path, String body) throws IOException, InterruptedException {
        return JSON.readTree(call(method, path, body));
    }

    /** A figure of {@code /metrics}: the sum of the series of that name. */
    public double metric(String name) throws IOException, InterruptedException {
        double sum = 0;
        boolean found = false;
        for (String line : call("GET", "/metrics", "").split("\n", -1)) {
            // One with labels may have no series yet.
            found |= line.startsWith("# TYPE " + name + " ");
            if (line.startsWith(name + " ") || line.startsWith(name + "{"))
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        }
        if (!found) throw new IOException("no metric " + name);
        return sum;
    }
}
