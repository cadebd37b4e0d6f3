package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.model.config.Coordinate;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The files of the API. */
final class FileApi {
    private final ApiClient client;

    FileApi(ApiClient client) {
        this.client = client;
    }

    /** Releases a content; {@code base} is the release that must be current, null for any. */
    JsonNode put(Coordinate file, byte[] text, String message, @Nullable Long base) {
        String path = FileAddress.path(file, "");
        if (!message.isEmpty()) path += "&message=" + ApiRequest.encode(message);
        if (base != null) path += "&base=" + base;
        return client.call(ApiRequest.raw("PUT", path, text));
    }

    /** A release with its text; null for the current one. */
    JsonNode get(Coordinate file, @Nullable Long release) {
        return client.get(FileAddress.path(file, release == null ? "" : "/releases/" + release));
    }

    JsonNode list(String environment, String application, @Nullable String cluster) {
        String path =
                "/api/v1/envs/" + ApiRequest.encode(environment) + "/apps/" + ApiRequest.encode(application) + "/files";
        return client.get(cluster == null ? path : path + "?cluster=" + ApiRequest.encode(cluster));
    }

    JsonNode history(Coordinate file) {
        return client.get(FileAddress.path(file, "/releases"));
    }

    JsonNode rollback(Coordinate file, long release, String message) {
        String path = FileAddress.path(file, "/rollback") + "&to=" + release;
        if (!message.isEmpty()) path += "&message=" + ApiRequest.encode(message);
        return client.call(ApiRequest.of("POST", path));
    }

    JsonNode delete(Coordinate file) {
        return client.call(ApiRequest.of("DELETE", FileAddress.path(file, "")));
    }

    /** The number in a release's description. */
    static long release(JsonNode release) {
        return release.path("release").asLong();
    }

    /** The bytes in a release's description. */
    static byte[] text(JsonNode release) {
        if (release.hasNonNull("base64"))
            return Base64.getDecoder().decode(release.path("base64").asText());
        return release.path("text").asText().getBytes(StandardCharsets.UTF_8);
    }
}
