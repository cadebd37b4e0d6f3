package dev.attune.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.api.ApiClient;
import dev.attune.cli.api.ApiRequest;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The files of the API. */
final class FileApi {
    private final ApiClient client;

    FileApi(ApiClient client) {
        this.client = client;
    }

    /** Releases a content; {@code base} is the release that must be current, 0 for none, null for any. */
    JsonNode put(Coordinate file, byte[] text, String message, @Nullable Long base) {
        ApiRequest put = ApiRequest.raw("PUT", FileAddress.path(file, "") + why(message), text);
        if (base != null) put = base == 0 ? put.with("If-None-Match", "*") : put.with("If-Match", "\"" + base + "\"");
        return client.call(put);
    }

    /** Everything about a release; null for the current one. */
    JsonNode get(Coordinate file, @Nullable Long release) {
        return client.get(releasePath(file, release));
    }

    /** The bytes that were released. */
    Content content(Coordinate file, @Nullable Long release) {
        HttpResponse<InputStream> response = client.send(ApiRequest.getBytes(releasePath(file, release)));
        long number = response.headers().firstValueAsLong("attune-release").orElse(0);
        try (InputStream body = response.body()) {
            return new Content(number, body.readAllBytes());
        } catch (IOException e) {
            throw new AttuneException(ErrorCode.UNAVAILABLE, "the connection broke: " + e.getMessage(), e);
        }
    }

    /** The bytes of a release. */
    record Content(long release, byte[] bytes) {}

    JsonNode list(String environment, String application, @Nullable String cluster) {
        String path =
                "/api/v1/envs/" + ApiRequest.encode(environment) + "/apps/" + ApiRequest.encode(application) + "/files";
        return client.get(cluster == null ? path : path + "?cluster=" + ApiRequest.encode(cluster));
    }

    JsonNode history(Coordinate file, int limit) {
        return client.get(FileAddress.path(file, "/releases") + "&limit=" + limit);
    }

    JsonNode rollback(Coordinate file, long release, String message) {
        return client.call(
                ApiRequest.of("POST", FileAddress.path(file, "/rollback") + "&to=" + release + why(message)));
    }

    JsonNode delete(Coordinate file, String message) {
        return client.call(ApiRequest.of("DELETE", FileAddress.path(file, "") + why(message)));
    }

    /** The number in a release's description. */
    static long release(JsonNode release) {
        return release.path("release").asLong();
    }

    private static String why(String message) {
        return message.isEmpty() ? "" : "&message=" + ApiRequest.encode(message);
    }

    private static String releasePath(Coordinate file, @Nullable Long release) {
        return FileAddress.path(file, "") + (release == null ? "" : "&release=" + release);
    }
}
