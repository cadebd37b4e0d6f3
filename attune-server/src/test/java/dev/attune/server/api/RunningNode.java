package dev.attune.server.api;

import dev.attune.consensus.MemberId;
import dev.attune.server.http.Json;
import dev.attune.server.http.Route;
import dev.attune.server.node.AttuneNode;
import dev.attune.server.node.NodeOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A whole node on disk and loopback, with its administrator's token, for tests of the API. */
public final class RunningNode implements AutoCloseable {
    private final AttuneNode node;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String administrator;

    private RunningNode(AttuneNode node, String administrator) {
        this.node = node;
        this.administrator = administrator;
    }

    public static RunningNode start(Path directory) throws Exception {
        AttuneNode node = AttuneNode.start(NodeOptions.single(new MemberId("n1"), directory, 0, 0), cause -> {});
        node.ready().get(60, TimeUnit.SECONDS);
        return new RunningNode(node, Files.readString(node.tokenFile()).strip());
    }

    public String administrator() {
        return administrator;
    }

    public int port() {
        return node.apiPort();
    }

    Path tokenFile() {
        return node.tokenFile();
    }

    List<Route> routes() {
        return node.routes();
    }

    public java.util.Set<String> guestCalls() {
        return node.guestCalls();
    }

    public String token(String role) throws IOException, InterruptedException {
        String body = "{\"name\": \"" + role + "\", \"role\": \"" + role + "\"}";
        HttpResponse<String> made = call("POST", "/api/v1/tokens", administrator, body);
        return Json.tree(dev.attune.model.Bytes.utf8(made.body())).get("token").asText();
    }

    /** An empty token sends none. */
    public HttpResponse<String> call(String method, String path, String token, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The status alone, without waiting for the body, which may be a stream that never ends. */
    int status(String method, String path, String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        HttpResponse<java.io.InputStream> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        response.body().close();
        return response.statusCode();
    }

    /** The body of a GET as it arrives. */
    java.io.InputStream stream(String path, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.apiPort() + path))
                .header("Authorization", "Bearer " + token)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    }

    @Override
    public void close() {
        node.close();
    }
}
