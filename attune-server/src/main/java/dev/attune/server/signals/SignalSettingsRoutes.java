package dev.attune.server.signals;

import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileRequests;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What is kept and fetched of an application's signals, over HTTP. */
public final class SignalSettingsRoutes implements Routes {
    private static final String PATH = "/api/v1/envs/{env}/apps/{app}/signals/settings";

    private final Reads reads;
    private final Audit audit;

    public SignalSettingsRoutes(Reads reads, Audit audit) {
        this.reads = reads;
        this.audit = audit;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get(PATH, Permission.READ, "getSignalSettings", this::get)
                .needs(Verb.READ)
                .summary("Which series are always kept, and where signals are fetched."));
        // Whoever names an address has the leader connect to it.
        table.add(Route.put(PATH, Permission.ADMIN, "putSignalSettings", this::put)
                .needs(Verb.ADMIN)
                .summary("Replaces them: {\"keep\": [\"http_requests_total{code=\\\"500\\\"}\"], \"targets\":"
                        + " {\"orders-1\": \"http://host:9464/metrics\"}, \"label\": \"metrics\"}; label names one by which"
                        + " instances say where they expose signals, as in :9464/metrics."));
    }

    private static SignalScope scope(Request request) {
        return FileRequests.checked(() -> new SignalScope(request.path("env"), request.path("app")));
    }

    private CompletableFuture<Reply> get(Request request) {
        return reads.one(SignalSettings.key(scope(request)), ReadLevel.LINEARIZABLE)
                .thenApply(found -> Reply.json(
                        200,
                        found.map(each -> SignalSettings.of(Json.tree(each.value())))
                                .orElse(SignalSettings.NONE)
                                .json()));
    }

    private CompletableFuture<Reply> put(Request request) {
        SignalScope scope = scope(request);
        SignalSettings settings = FileRequests.checked(() -> SignalSettings.of(Json.tree(request.body())));
        List<Operation> writes = List.of(
                Operation.Put.of(SignalSettings.key(scope), Json.write(settings.json())),
                audit.record(request.principal().name(), "signal.settings", scope.toString(), ""));
        return reads.run(new Operation.Txn(List.of(), writes, List.of()))
                .thenApply(done -> Reply.json(200, settings.json()).revision(done.revision()));
    }
}
