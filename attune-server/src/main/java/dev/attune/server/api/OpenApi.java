package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import java.util.Locale;

/** The OpenAPI 3.1 document, made from the route table itself, so that it cannot name what does not exist. */
public final class OpenApi {
    private OpenApi() {}

    /** The document of every route in the table. */
    public static ObjectNode document(RouteTable table) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info").put("title", "Attune").put("version", "v1");
        ObjectNode paths = document.putObject("paths");
        for (Route route : table.routes()) {
            ObjectNode operation = paths.withObjectProperty(template(route))
                    .putObject(route.method().toLowerCase(Locale.ROOT));
            describe(operation, route);
        }
        ObjectNode components = document.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer");
        problemSchema(components.putObject("schemas").putObject("Problem"));
        return document;
    }

    /** The path as OpenAPI writes it: a parameter that takes the rest of the path looks like any other. */
    public static String template(Route route) {
        return route.path().replace("*}", "}");
    }

    private static void describe(ObjectNode operation, Route route) {
        operation.put("operationId", route.operationId());
        if (!route.summary().isEmpty()) operation.put("summary", route.summary());
        operation.put("x-attune-permission", route.permission().name().toLowerCase(Locale.ROOT));
        ArrayNode security = operation.putArray("security");
        if (route.permission() != Permission.PUBLIC) security.addObject().putArray("token");
        ArrayNode parameters = operation.putArray("parameters");
        for (String name : route.pathParameterNames())
            parameter(parameters, name, "path").put("required", true);
        route.query()
                .forEach((name, about) -> parameter(parameters, name, "query").put("description", about));
        if (route.bodyBytesMax() > 0)
            operation
                    .putObject("requestBody")
                    .put("description", "at most " + route.bodyBytesMax() + " bytes")
                    .putObject("content")
                    .putObject("*/*");
        ObjectNode responses = operation.putObject("responses");
        responses.putObject("2XX").put("description", "done");
        ObjectNode problem = responses.putObject("default").put("description", "a problem document");
        problem.putObject("content")
                .putObject("application/problem+json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/Problem");
    }

    private static ObjectNode parameter(ArrayNode parameters, String name, String in) {
        ObjectNode parameter = parameters.addObject().put("name", name).put("in", in);
        parameter.putObject("schema").put("type", "string");
        return parameter;
    }

    private static void problemSchema(ObjectNode schema) {
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (String name : new String[] {"type", "title", "detail", "code", "next", "retry"})
            properties.putObject(name).put("type", "string");
        properties.putObject("status").put("type", "integer");
    }
}
