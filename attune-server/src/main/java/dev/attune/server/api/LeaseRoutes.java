package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.store.Command;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Leases: grant, keep alive, look at, revoke. Ids are texts in JSON, because JavaScript rounds large numbers. */
public final class LeaseRoutes implements Routes {
    private final Keyspace keyspace;
    private final Leases leases;

    public LeaseRoutes(Keyspace keyspace, Leases leases) {
        this.keyspace = keyspace;
        this.leases = leases;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post("/api/v1/leases", Permission.PUBLISH, "leaseGrant", this::grant)
                .summary("Grants a lease: {\"ttlMillis\": 10000}"));
        table.add(Route.get("/api/v1/leases", Permission.READ, "leaseList", this::list)
                .summary("Every lease's id"));
        table.add(Route.get("/api/v1/leases/{id}", Permission.READ, "leaseGet", this::get)
                .summary("A lease, what is left of its time, and its keys"));
        table.add(Route.post("/api/v1/leases/{id}/keepalive", Permission.PUBLISH, "leaseKeepAlive", this::keepAlive)
                .summary("Gives a lease its full time again"));
        table.add(Route.delete("/api/v1/leases/{id}", Permission.PUBLISH, "leaseRevoke", this::revoke)
                .summary("Ends a lease and deletes its keys"));
    }

    private CompletableFuture<Reply> grant(Request request) {
        long ttlMillis = request.json(Grant.class).ttlMillis();
        if (ttlMillis < Leases.TTL_MILLIS_MIN)
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT,
                    "ttlMillis: " + ttlMillis + " (expected: >= " + Leases.TTL_MILLIS_MIN + ")");
        long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return keyspace.writeAs(request.principal().name(), new Command.GrantLease(id, ttlMillis))
                .thenApply(done -> {
                    ObjectNode json = Json.object().put("id", Long.toString(id)).put("ttlMillis", ttlMillis);
                    return Reply.json(201, json).revision(done.revision());
                });
    }

    private CompletableFuture<Reply> list(Request request) {
        return leases.leases().thenApply(all -> {
            ObjectNode json = Json.object();
            ArrayNode ids = json.putArray("leases");
            all.forEach(each -> ids.add(Long.toString(each)));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> get(Request request) {
        return leases.lease(id(request)).thenApply(lease -> {
            ObjectNode json = Json.object()
                    .put("id", Long.toString(lease.id()))
                    .put("ttlMillis", lease.ttlMillis())
                    .put("remainingMillis", lease.remainingMillis());
            ArrayNode keys = json.putArray("keys");
            lease.keys().stream()
                    .filter(key -> !dev.attune.model.kv.SystemKeys.isSystem(key))
                    .forEach(key -> KvJson.putBytes(keys.addObject(), "key", key, false));
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> keepAlive(Request request) {
        return leases.keepAlive(id(request))
                .thenApply(ttlMillis -> Reply.json(200, Json.object().put("ttlMillis", ttlMillis)));
    }

    private CompletableFuture<Reply> revoke(Request request) {
        return keyspace.writeAs(request.principal().name(), new Command.RevokeLease(id(request)))
                .thenApply(done -> Reply.empty(204).revision(done.revision()));
    }

    private static long id(Request request) {
        try {
            return Long.parseLong(request.path("id"));
        } catch (NumberFormatException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, "lease id: not a whole number", e);
        }
    }

    /** The body of a grant. */
    record Grant(long ttlMillis) {}
}
