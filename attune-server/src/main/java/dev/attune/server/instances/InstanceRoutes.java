package dev.attune.server.instances;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.format.Documents;
import dev.attune.config.instance.InstanceRecord;
import dev.attune.model.AttuneException;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileListing;
import dev.attune.server.files.FileRequests;
import dev.attune.server.files.FileService;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.subscribe.Reach;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Who is connected, what a change would touch, and what nobody reads, over HTTP. */
public final class InstanceRoutes implements Routes {
    private final Instances instances;
    private final Reach reach;
    private final FileService files;

    public InstanceRoutes(Instances instances, Reach reach, FileService files) {
        this.instances = instances;
        this.reach = reach;
        this.files = files;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/envs/{env}/apps/{app}/instances", Permission.READ, "listInstances", this::list)
                .needs(Verb.READ)
                .summary("The connected instances of an application and what they did with each release."));
        table.add(Route.get(FileRequests.FILE + "/blast", Permission.READ, "blast", this::blast)
                .needs(Verb.READ)
                .query("cluster", "cluster of the file; default when absent")
                .summary("The connected instances that a change of the file would touch, also by way of imports."));
        table.add(Route.get("/api/v1/envs/{env}/apps/{app}/unused-keys", Permission.READ, "unusedKeys", this::unused)
                .needs(Verb.READ)
                .summary("Keys of current files that no connected instance has read."));
    }

    private CompletableFuture<Reply> list(Request request) {
        return instances
                .list(
                        FileRequests.name("environment", request.path("env")),
                        FileRequests.name("application", request.path("app")))
                .thenApply(all -> {
                    ObjectNode json = Json.object();
                    ArrayNode array = json.putArray("instances");
                    for (InstanceRecord each : all) states(instance(array.addObject(), each), each, request);
                    return Reply.json(200, json);
                });
    }

    private static ObjectNode instance(ObjectNode json, InstanceRecord each) {
        json.put("id", each.spec().id())
                .put("application", each.spec().application())
                .put("cluster", each.spec().cluster())
                .put("dataCentre", each.spec().dataCentre())
                .put("ip", each.spec().ip())
                .put("node", each.node())
                .put("follower", each.follower())
                .put("connected", Instant.ofEpochMilli(each.connectedMillis()).toString());
        ObjectNode labels = json.putObject("labels");
        each.spec().labels().forEach(labels::put);
        return json;
    }

    private static void states(ObjectNode json, InstanceRecord record, Request request) {
        ArrayNode states = json.putArray("files");
        Set<String> files = new TreeSet<>(record.offered().keySet());
        files.addAll(record.states().keySet());
        for (String file : files) {
            if (!request.principal()
                    .rights()
                    .allows(
                            Verb.READ,
                            record.spec().environment(),
                            record.spec().application(),
                            file)) continue;
            InstanceRecord.State state = record.states().get(file);
            Long offered = record.offered().get(file);
            ObjectNode each = states.addObject().put("file", file);
            if (offered != null) each.put("offered", offered);
            if (state == null) {
                // It was sent, and nothing is known of what it did with it.
                each.put("release", offered == null ? 0 : offered).put("state", "offered");
                continue;
            }
            each.put("release", state.release()).put("state", state.applied() ? "applied" : "rejected");
            if (!state.applied()) each.put("reason", state.reason());
        }
    }

    private CompletableFuture<Reply> blast(Request request) {
        Coordinate file = FileRequests.coordinate(request);
        return instances.list(file.environment()).thenCompose(everyone -> {
            List<InstanceRecord> all = everyone.stream()
                    .filter(each -> request.principal()
                            .rights()
                            .allows(Verb.READ, file.environment(), each.spec().application(), ""))
                    .toList();
            List<Reach.Listener> listeners = all.stream()
                    .map(each -> new Reach.Listener(each.spec().toSpec(), each.files()))
                    .toList();
            return reach.of(file, listeners).thenApply(touched -> {
                Set<Reach.Listener> reached = new HashSet<>(touched);
                ObjectNode json = Json.object();
                ArrayNode array = json.putArray("instances");
                for (InstanceRecord each : all)
                    if (reached.contains(new Reach.Listener(each.spec().toSpec(), each.files())))
                        instance(array.addObject(), each);
                json.put("count", array.size());
                return Reply.json(200, json);
            });
        });
    }

    private CompletableFuture<Reply> unused(Request request) {
        String environment = FileRequests.name("environment", request.path("env"));
        String application = FileRequests.name("application", request.path("app"));
        return instances.list(environment, application).thenCompose(all -> {
            // Followers do not say what they read.
            List<InstanceRecord> telling =
                    all.stream().filter(each -> !each.follower()).toList();
            Set<String> read = new HashSet<>();
            telling.forEach(each -> read.addAll(each.readKeys()));
            ObjectNode json = Json.object().put("instances", telling.size());
            ArrayNode unused = json.putArray("keys");
            return files.list(environment, application, ReadLevel.LINEARIZABLE).thenCompose(listing -> {
                CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
                for (FileListing.Entry each : listing.files())
                    if (request.principal().rights().allows(Verb.READ, each.file()))
                        chain = chain.thenCompose(done -> unused(each.file(), read, unused));
                return chain.thenApply(done -> Reply.json(200, json));
            });
        });
    }

    private CompletableFuture<Void> unused(Coordinate file, Set<String> read, ArrayNode unused) {
        return files.read(file, ReadLevel.LINEARIZABLE).thenAccept(view -> {
            for (String key : keys(file, view.release().text()))
                if (!read.contains(key))
                    unused.addObject()
                            .put("file", file.file())
                            .put("cluster", file.cluster())
                            .put("key", key);
        });
    }

    private static Set<String> keys(Coordinate file, dev.attune.model.Bytes text) {
        try {
            Map<String, String> keys = Documents.keys(file.file(), text);
            return keys == null ? Set.of() : keys.keySet();
        } catch (AttuneException e) {
            // Written before the present rules: it has no keys that could be read.
            return Set.of();
        }
    }
}
