package dev.attune.server.subscribe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.release.Lookup;
import dev.attune.config.resolve.Effective;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.files.FileRequests;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.secrets.Secrets;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What an instance would get, and for each key which layer gives it, without being that instance. */
public final class EffectiveRoutes implements Routes {
    private final Keyspace keyspace;
    private final Secrets secrets;

    public EffectiveRoutes(Keyspace keyspace, Secrets secrets) {
        this.secrets = secrets;
        this.keyspace = keyspace;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(FileRequests.asInstance(Route.get(
                        "/api/v1/envs/{env}/apps/{app}/effective", Permission.READ, "effective", this::effective))
                .needs(Verb.READ)
                .summary("What an instance with these coordinates and labels gets, and the layer of each key."));
    }

    private CompletableFuture<Reply> effective(Request request) {
        InstanceSpec instance = FileRequests.instance(request);
        return new ApplicationReader(keyspace, instance.environment(), instance.application())
                .load(Set.of(), Set.of())
                .thenApply(read -> Reply.json(
                                200, json(read, instance, request.principal().rights()))
                        .revision(read.revision()));
    }

    private ObjectNode json(ApplicationReader.Result read, InstanceSpec instance, Rights rights) {
        ApplicationState state = new ApplicationState(instance.application());
        for (ApplicationReader.Found each : read.files())
            if (!each.pointer().served().isEmpty())
                state.put(new ApplicationState.Entry(
                        each.file(), each.pointer().revision(), each.pointer(), new HashMap<>(each.releases())));
        state.advance(read.revision());
        ViewKey view = new ViewKey(Lookup.order(instance.cluster(), instance.dataCentre()), Set.of());
        Selection selection = state.selection(instance);
        ConfigUpdate complete = state.complete(view, selection);
        ObjectNode json = Json.object().put("revision", read.revision());
        ArrayNode files = json.putArray("files");
        for (FileContent content : complete.files()) {
            if (!rights.allows(Verb.READ, instance.environment(), instance.application(), content.file())) continue;
            ObjectNode file = files.addObject()
                    .put("file", content.file())
                    .put("cluster", content.cluster())
                    .put("release", content.release())
                    .put(
                            "gray",
                            selection
                                    .releases()
                                    .containsKey(new Coordinate(
                                            instance.environment(),
                                            instance.application(),
                                            content.cluster(),
                                            content.file())))
                    .put("sha256", content.sha256());
            Optional<Effective> effective = state.effective(view, selection, content.file());
            Coordinate at =
                    new Coordinate(instance.environment(), instance.application(), content.cluster(), content.file());
            ArrayNode keys = file.putArray("keys");
            effective.ifPresent(all -> all.values().forEach((key, value) -> keys.addObject()
                    .put("key", key)
                    .put("value", secrets.reveal(at, value.text(), rights))
                    .put("layer", value.layer().file() + "@" + value.layer().release())));
        }
        return json;
    }
}
