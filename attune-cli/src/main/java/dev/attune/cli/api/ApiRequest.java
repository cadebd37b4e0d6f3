package dev.attune.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.cli.output.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param path with query, after the endpoint's base address
 * @param body what to send; null for nothing
 * @param file a file to send instead of a body; null for none
 * @param streaming the answer may take as long as it likes
 */
public record ApiRequest(
        String method,
        String path,
        Map<String, String> headers,
        byte @Nullable [] body,
        @Nullable Path file,
        boolean streaming) {

    public ApiRequest {
        headers = Map.copyOf(headers);
    }

    public static ApiRequest get(String path) {
        return new ApiRequest("GET", path, Map.of("Accept", "application/json"), null, null, false);
    }

    /** A GET of bytes as they are stored. */
    public static ApiRequest getBytes(String path) {
        return of("GET", path);
    }

    /** A call with no body. */
    public static ApiRequest of(String method, String path) {
        return new ApiRequest(method, path, Map.of(), null, null, false);
    }

    /** A call with a JSON body. */
    public static ApiRequest json(String method, String path, JsonNode body) {
        byte[] text = Json.line(body).getBytes(StandardCharsets.UTF_8);
        return new ApiRequest(method, path, Map.of("Content-Type", "application/json"), text, null, false);
    }

    /** A call with bytes as they are. */
    public static ApiRequest raw(String method, String path, byte[] body) {
        return new ApiRequest(method, path, Map.of("Content-Type", "application/octet-stream"), body, null, false);
    }

    /** A call with a file as it is. */
    public static ApiRequest upload(String method, String path, Path file) {
        return new ApiRequest(method, path, Map.of("Content-Type", "application/octet-stream"), null, file, true);
    }

    /** The same with one more header. */
    public ApiRequest with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ApiRequest(method, path, more, body, file, streaming);
    }

    /** The same without a time limit for the answer. */
    public ApiRequest stream() {
        return new ApiRequest(method, path, headers, body, file, true);
    }

    /** A part of a path or query, percent-encoded. */
    public static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
