package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Role;
import dev.attune.server.auth.TokenRecord;
import dev.attune.server.auth.Tokens;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.time.Duration;
import java.time.Instant;
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
        table.add(
                Route.post("/api/v1/tokens", Permission.ADMIN, "tokenCreate", this::create)
                        .summary(
                                "Makes a token: {\"name\": \"ci\", \"role\": \"publisher\"}; with \"validSeconds\" it ends by itself"));
        table.add(Route.get("/api/v1/tokens", Permission.ADMIN, "tokenList", this::list)
                .summary("Every token, without its text"));
        table.add(Route.delete("/api/v1/tokens/{id}", Permission.ADMIN, "tokenRevoke", this::revoke)
                .summary("Takes a token back; its streams are cut"));
        table.add(Route.get("/api/v1/whoami", Permission.READ, "whoami", this::whoami)
                .summary("Who this token belongs to"));
    }

    private CompletableFuture<Reply> create(Request request) {
        NewToken wanted = request.json(NewToken.class);
        if (wanted.name() == null || wanted.role() == null)
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "name, role: missing (expected: both)");
        Optional<Duration> validFor = Optional.ofNullable(wanted.validSeconds()).map(Duration::ofSeconds);
        return tokens.create(wanted.name(), Role.parse(wanted.role()), validFor).thenApply(created -> {
            ObjectNode json = json(created.record());
            return Reply.json(201, json.put("token", created.token()));
        });
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
        return tokens.revoke(request.path("id")).thenApply(done -> Reply.empty(204));
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
        return json;
    }

    /** The body of a creation. */
    record NewToken(@Nullable String name, @Nullable String role, @Nullable Long validSeconds) {}
}
