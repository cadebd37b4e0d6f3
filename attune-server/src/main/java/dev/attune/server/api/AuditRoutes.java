package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.audit.AuditLink;
import dev.attune.config.audit.AuditSettings;
import dev.attune.server.audit.AuditTrail;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** The audit records over HTTP, for administrators. */
public final class AuditRoutes implements Routes {
    private final AuditTrail trail;

    public AuditRoutes(AuditTrail trail) {
        this.trail = trail;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/audit", Permission.ADMIN, "listAudit", this::list)
                .query("before", "only records with smaller numbers; from the page before")
                .query("limit", "most records of the page, 1 to 500; 50 when absent")
                .summary("Who changed what, newest first."));
        table.add(Route.get("/api/v1/audit/verify", Permission.ADMIN, "verifyAudit", this::verify)
                .summary("Checks the chain of hashes over every record."));
        table.add(Route.get("/api/v1/audit/settings", Permission.ADMIN, "getAuditSettings", this::settings)
                .summary("What is recorded besides what always is."));
        table.add(Route.put("/api/v1/audit/settings", Permission.ADMIN, "putAuditSettings", this::putSettings)
                .summary("Sets whether raw keys and leases are recorded too: {\"keys\": true}"));
    }

    private CompletableFuture<Reply> list(Request request) {
        int limit = (int) Math.max(1, Math.min(request.queryLong("limit", 50), 500));
        return trail.list(request.queryLong("before", 0), limit).thenApply(links -> {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("records");
            links.forEach(each -> array.add(json(each)));
            long last = links.isEmpty() ? 1 : links.get(links.size() - 1).number();
            if (last > 1) json.put("before", last);
            else json.putNull("before");
            return Reply.json(200, json);
        });
    }

    private CompletableFuture<Reply> settings(Request request) {
        return trail.settings().thenApply(now -> Reply.json(200, Json.object().put("keys", now.keys())));
    }

    private CompletableFuture<Reply> putSettings(Request request) {
        AuditSettings wanted = request.json(AuditSettings.class);
        return trail.put(wanted, request.principal().name()).thenCompose(done -> settings(request));
    }

    private static ObjectNode json(AuditLink link) {
        return Json.object()
                .put("number", link.number())
                .put("revision", link.revision())
                .put("time", Instant.ofEpochMilli(link.record().timeMillis()).toString())
                .put("who", link.record().who())
                .put("action", link.record().action())
                .put("target", link.record().target())
                .put("detail", link.record().detail())
                .put("hash", link.hash());
    }

    private CompletableFuture<Reply> verify(Request request) {
        return trail.verify()
                .thenApply(verdict -> Reply.json(
                        200,
                        Json.object()
                                .put("intact", verdict.problem().isEmpty())
                                .put("records", verdict.links())
                                .put("head", verdict.head())
                                .put("problem", verdict.problem())));
    }
}
