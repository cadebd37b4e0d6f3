package dev.attune.server;

import dev.attune.server.node.AttuneNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Does once what every server does soon after its start, so that the class-data archive holds those classes. */
final class Training {
    private Training() {}

    static void run(AttuneNode node) throws IOException {
        String token = Files.readString(node.tokenFile()).strip();
        String api = "http://127.0.0.1:" + node.apiPort();
        call("PUT", api + "/api/v1/kv/train", token, "x");
        call("GET", api + "/api/v1/kv/train", token, "");
        call("GET", api + "/api/v1/cluster", token, "");
        call("GET", api + "/api/v1/kv/absent", token, "");
        call("PUT", api + "/api/v1/envs/train/apps/train/files/application.properties", token, "a=1\n");
    }

    private static void call(String method, String uri, String token, String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(uri).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        connection.getResponseCode();
        connection.disconnect();
    }
}
