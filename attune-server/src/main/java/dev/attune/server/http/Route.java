package dev.attune.server.http;

import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of the API. It cannot be made without a permission.
 *
 * @param method upper case, for instance {@code GET}
 * @param path template such as {@code /api/v1/leases/{id}}; a last {@code {key*}} takes the rest of the path
 * @param operationId name in the OpenAPI document, unique
 * @param summary one line for the OpenAPI document
 * @param query allowed query parameters with a line about each; others are refused
 * @param verbs what the caller must be allowed to do to the file that the path names; empty when the permission decides
 * @param bodyBytesMax how many bytes of body are read; 0 for a call without body
 */
public record Route(
        String method,
        String path,
        Permission permission,
        String operationId,
        String summary,
        Map<String, String> query,
        List<Verb> verbs,
        int bodyBytesMax,
        RouteHandler handler) {
    /** Body limit of a route that takes one, unless it says otherwise. */
    public static final int BODY_BYTES_MAX = 1 << 20;

    /** What no route may exceed. */
    public static final int BODY_BYTES_CAP = 8 << 20;

    public Route {
        if (!path.startsWith("/")) throw new IllegalArgumentException("path: " + path + " (expected: starts with /)");
        if (bodyBytesMax < 0 || bodyBytesMax > BODY_BYTES_CAP)
            throw new IllegalArgumentException(
                    "bodyBytesMax: " + bodyBytesMax + " (expected: 0.." + BODY_BYTES_CAP + ")");
        verbs = List.copyOf(verbs);
        query = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(query));
    }

    public static Route get(String path, Permission permission, String operationId, RouteHandler handler) {
        return new Route("GET", path, permission, operationId, "", Map.of(), List.of(), 0, handler);
    }

    public static Route put(String path, Permission permission, String operationId, RouteHandler handler) {
        return new Route("PUT", path, permission, operationId, "", Map.of(), List.of(), BODY_BYTES_MAX, handler);
    }

    public static Route post(String path, Permission permission, String operationId, RouteHandler handler) {
        return new Route("POST", path, permission, operationId, "", Map.of(), List.of(), BODY_BYTES_MAX, handler);
    }

    public static Route delete(String path, Permission permission, String operationId, RouteHandler handler) {
        return new Route("DELETE", path, permission, operationId, "", Map.of(), List.of(), 0, handler);
    }

    /** With this line in the OpenAPI document. */
    public Route summary(String line) {
        return new Route(method, path, permission, operationId, line, query, verbs, bodyBytesMax, handler);
    }

    /** Also takes the query parameter {@code name}. */
    public Route query(String name, String about) {
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, about);
        return new Route(method, path, permission, operationId, summary, more, verbs, bodyBytesMax, handler);
    }

    /** Demands these verbs on what {@code {env}}, {@code {app}} and {@code {file}} of the path name. */
    public Route needs(Verb... all) {
        return new Route(method, path, permission, operationId, summary, query, List.of(all), bodyBytesMax, handler);
    }

    /** Reads bodies up to {@code bytesMax}. */
    public Route body(int bytesMax) {
        return new Route(method, path, permission, operationId, summary, query, verbs, bytesMax, handler);
    }

    /** The names between braces in the path. */
    public List<String> pathParameterNames() {
        return new PathTemplate(path).parameterNames();
    }
}
