package dev.attune.server.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.config.settings.FileSettings;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Settings of files (public, owner, tags, schema) and of environments (approvals, freezes, retention) over HTTP. */
public final class SettingsRoutes implements Routes {
    private final SettingsService settings;

    public SettingsRoutes(SettingsService settings) {
        this.settings = settings;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get(FileRequests.FILE + "/settings", Permission.READ, "getFileSettings", this::getFile)
                .needs(Verb.READ)
                .summary("Whether the file is public, who owns it, its tags and its schema; in all clusters."));
        table.add(
                Route.put(FileRequests.FILE + "/settings", Permission.PUBLISH, "putFileSettings", this::putFile)
                        .needs(Verb.EDIT, Verb.RELEASE)
                        .summary(
                                "Replaces them: {\"public\": true, \"owner\": \"a\", \"tags\": [], \"schema\": \"f.schema.json\"}"));
        table.add(Route.get(
                        "/api/v1/envs/{env}/settings", Permission.READ, "getEnvironmentSettings", this::getEnvironment)
                .needs(Verb.READ)
                .summary("How many must approve a change, when nothing is released, and what is kept."));
        table.add(Route.put(
                        "/api/v1/envs/{env}/settings", Permission.ADMIN, "putEnvironmentSettings", this::putEnvironment)
                .needs(Verb.ADMIN)
                .summary(
                        "Replaces them: {\"approvals\": 1, \"freezes\": [{\"from\": \"…Z\", \"to\": \"…Z\", \"reason\": \"\"}],"
                                + " \"keepReleases\": 50, \"keepDays\": 90}"));
    }

    private CompletableFuture<Reply> getFile(Request request) {
        return settings.file(
                        FileRequests.name("environment", request.path("env")),
                        FileRequests.name("application", request.path("app")),
                        FileRequests.name("file", request.path("file")))
                .thenApply(found -> Reply.json(200, json(found)));
    }

    private CompletableFuture<Reply> putFile(Request request) {
        FileBody body = request.json(FileBody.class);
        FileSettings wanted = FileRequests.checked(
                () -> new FileSettings(Boolean.TRUE.equals(body.isPublic), body.owner, body.tags, body.schema));
        return settings.put(
                        FileRequests.name("environment", request.path("env")),
                        FileRequests.name("application", request.path("app")),
                        FileRequests.name("file", request.path("file")),
                        wanted,
                        request.principal().name())
                .thenApply(revision -> Reply.json(200, json(wanted)).revision(revision));
    }

    private CompletableFuture<Reply> getEnvironment(Request request) {
        return settings.environment(FileRequests.name("environment", request.path("env")))
                .thenApply(found -> Reply.json(200, json(found)));
    }

    private CompletableFuture<Reply> putEnvironment(Request request) {
        EnvironmentBody body = request.json(EnvironmentBody.class);
        EnvironmentSettings wanted = FileRequests.checked(() -> new EnvironmentSettings(
                orZero(body.approvals),
                body.freezes == null
                        ? List.of()
                        : body.freezes.stream().map(FreezeBody::freeze).toList(),
                orZero(body.keepReleases),
                orZero(body.keepDays)));
        return settings.put(
                        FileRequests.name("environment", request.path("env")),
                        wanted,
                        request.principal().name())
                .thenApply(revision -> Reply.json(200, json(wanted)).revision(revision));
    }

    private static int orZero(@Nullable Integer number) {
        return number == null ? 0 : number;
    }

    static ObjectNode json(FileSettings settings) {
        ObjectNode json = Json.object();
        json.put("public", settings.shared()).put("owner", settings.owner());
        ArrayNode tags = json.putArray("tags");
        settings.tags().forEach(tags::add);
        return json.put("schema", settings.schema());
    }

    private static ObjectNode json(EnvironmentSettings settings) {
        ObjectNode json = Json.object().put("approvals", settings.approvals());
        ArrayNode freezes = json.putArray("freezes");
        for (EnvironmentSettings.Freeze each : settings.freezes())
            freezes.addObject()
                    .put("from", Instant.ofEpochMilli(each.fromMillis()).toString())
                    .put("to", Instant.ofEpochMilli(each.toMillis()).toString())
                    .put("reason", each.reason());
        return json.put("keepReleases", settings.keepReleases()).put("keepDays", settings.keepDays());
    }

    /** The body that replaces a file's settings. */
    record FileBody(
            @com.fasterxml.jackson.annotation.JsonProperty("public") @Nullable Boolean isPublic,
            @Nullable String owner,
            @Nullable List<String> tags,
            @Nullable String schema) {}

    /** The body that replaces an environment's settings. */
    record EnvironmentBody(
            @Nullable Integer approvals,
            @Nullable List<FreezeBody> freezes,
            @Nullable Integer keepReleases,
            @Nullable Integer keepDays) {}

    /** One freeze of the body. */
    record FreezeBody(@Nullable String from, @Nullable String to, @Nullable String reason) {
        EnvironmentSettings.Freeze freeze() {
            return new EnvironmentSettings.Freeze(millis("from", from), millis("to", to), reason == null ? "" : reason);
        }

        private static long millis(String what, @Nullable String text) {
            try {
                if (text != null) return Instant.parse(text).toEpochMilli();
            } catch (DateTimeParseException e) {
                // Told below.
            }
            throw new IllegalArgumentException(what + ": not a time (expected: as in 2026-12-24T18:00:00Z)");
        }
    }
}
