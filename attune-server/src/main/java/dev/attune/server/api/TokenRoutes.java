package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Names;
import dev.attune.server.auth.Grant;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Role;
import dev.attune.server.auth.Scope;
import dev.attune.server.auth.TokenRecord;
import dev.attune.server.auth.Tokens;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tokens: create, list, revoke. The text of a token appears once, in the answer that creates it. */
public final class TokenRoutes implements Routes {
    private final Tokens tokens;

    public TokenRoutes(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post("/api/v1/tokens", Permission.ADMIN, "tokenCreate", this::create)
                .summary(
                        "Makes a token: {\"name\": \"ci\", \"role\": \"publisher\"}; with \"validSeconds\" it ends by itself;"
                                + " with the role scoped: \"grants\": [{\"environment\": \"prod\", \"application\":"
                                + " \"orders*\", \"file\": \"*\", \"verbs\": [\"read\"]}], \"groups\": []"));
        table.add(Route.get("/api/v1/tokens", Permission.ADMIN, "tokenList", this::list)
                .summary("Every token, without its text"));
        table.add(Route.delete("/api/v1/tokens/{id}", Permission.ADMIN, "tokenRevoke", this::revoke)
                .summary("Takes a token back; its streams are cut"));
        table.add(Route.get("/api/v1/groups", Permission.ADMIN, "groupList", this::groups)
                .summary("Every group with its grants"));
        table.add(Route.put("/api/v1/groups/{group}", Permission.ADMIN, "groupPut", this::putGroup)
                .summary("Sets what the tokens of a group may do: {\"grants\": […]}"));
        table.add(Route.delete("/api/v1/groups/{group}", Permission.ADMIN, "groupRemove", this::removeGroup)
                .summary("Removes a group"));
        table.add(Route.get("/api/v1/whoami", Permission.KNOWN, "whoami", this::whoami)
                .summary("Who this token belongs to"));
    }

    private CompletableFuture<Reply> create(Request request) {
        NewToken wanted = request.json(NewToken.class);
        if (wanted.name() == null || wanted.role() == null)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "name, role: missing (expected: both)");
        Optional<Duration> validFor = Optional.ofNullable(wanted.validSeconds()).map(Duration::ofSeconds);
        return tokens.create(
                        wanted.name(),
                        Role.parse(wanted.role()),
                        validFor,
                        scope(wanted.grants(), wanted.groups()),
                        request.principal().name())
                .thenApply(created -> {
                    ObjectNode json = json(created.record());
                    return Reply.json(201, json.put("token", created.token()));
                });
    }

    private static Scope scope(@Nullable List<GrantBody> grants, @Nullable List<String> groups) {
        try {
            return new Scope(
                    grants == null
                            ? List.of()
                            : grants.stream().map(GrantBody::grant).toList(),
                    groups);
        } catch (IllegalArgumentException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private CompletableFuture<Reply> groups(Request request) {
        return tokens.groups().list().thenApply(all -> {
            ObjectNode json = Json.object();
            ArrayNode groups = json.putArray("groups");
            all.forEach((name, scope) -> grants(groups.addObject().put("name", name), scope));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> putGroup(Request request) {
        Scope scope = scope(request.json(GroupBody.class).grants(), List.of());
        return tokens.groups()
                .put(group(request), scope.grants(), request.principal().name())
                .thenApply(revision -> Reply.empty(204).revision(revision));
    }

    private CompletableFuture<Reply> removeGroup(Request request) {
        return tokens.groups()
                .remove(group(request), request.principal().name())
                .thenApply(revision -> Reply.empty(204).revision(revision));
    }

    private static String group(Request request) {
        try {
            return Names.require("group", request.path("group"));
        } catch (IllegalArgumentException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private static ObjectNode grants(ObjectNode json, Scope scope) {
        ArrayNode grants = json.putArray("grants");
        for (Grant each : scope.grants()) {
            ArrayNode verbs = grants.addObject()
                    .put("environment", each.environment())
                    .put("application", each.application())
                    .put("file", each.file())
                    .putArray("verbs");
            each.verbs().forEach(verb -> verbs.add(verb.word()));
        }
        return json;
    }

    private CompletableFuture<Reply> list(Request request) {
        return tokens.list().thenApply(all -> {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("tokens");
            all.forEach(each -> array.add(json(each)));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> revoke(Request request) {
        return tokens.revoke(request.path("id"), request.principal().name()).thenApply(done -> Reply.empty(204));
    }

    private CompletableFuture<Reply> whoami(Request request) {
        ObjectNode json = Json.object()
                .put("name", request.principal().name())
                .put("tokenId", request.principal().tokenId());
        request.principal().role().ifPresent(role -> json.put("role", role.word()));
        return Reply.json(200, json).now();
    }

    private static ObjectNode json(TokenRecord token) {
        ObjectNode json = Json.object()
                .put("id", token.id())
                .put("name", token.name())
                .put("role", token.role().word())
                .put("created", Instant.ofEpochMilli(token.createdMillis()).toString());
        if (token.expiresMillis() > 0)
            json.put("expires", Instant.ofEpochMilli(token.expiresMillis()).toString());
        if (token.role() == Role.SCOPED) {
            grants(json, token.scope());
            ArrayNode groups = json.putArray("groups");
            token.scope().groups().forEach(groups::add);
        }
        return json;
    }

    /** The body of a creation. */
    record NewToken(
            @Nullable String name,
            @Nullable String role,
            @Nullable Long validSeconds,
            @Nullable List<GrantBody> grants,
            @Nullable List<String> groups) {}

    /** The body that sets a group. */
    record GroupBody(@Nullable List<GrantBody> grants) {}

    /** One grant of a body; what is left out means all. */
    record GrantBody(
            @Nullable String environment,
            @Nullable String application,
            @Nullable String file,
            @Nullable List<String> verbs) {
        Grant grant() {
            EnumSet<Verb> all = EnumSet.noneOf(Verb.class);
            if (verbs != null) verbs.forEach(each -> all.add(Verb.parse(each)));
            return new Grant(orAll(environment), orAll(application), orAll(file), all);
        }

        private static String orAll(@Nullable String pattern) {
            return pattern == null ? "*" : pattern;
        }
    }
}
