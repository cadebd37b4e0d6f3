package dev.attune.server.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.config.Coordinate;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.keyspace.ReadLevel;
import java.util.concurrent.CompletableFuture;

/** Rotation of the keys that secret values are sealed with. */
public final class SecretRoutes implements Routes {
    private final FileService files;

    public SecretRoutes(FileService files) {
        this.files = files;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post(
                        "/api/v1/envs/{env}/apps/{app}/secrets/rotate", Permission.ADMIN, "rotateSecrets", this::rotate)
                .needs(Verb.ADMIN)
                .summary("Seals the secret values of every current file again with the first key of this node."));
    }

    private CompletableFuture<Reply> rotate(Request request) {
        String environment = FileRequests.name("environment", request.path("env"));
        String application = FileRequests.name("application", request.path("app"));
        Edit edit = Edit.by(request.principal().name(), "Rotate the key of secret values");
        ObjectNode json = Json.object();
        ArrayNode releases = json.putArray("releases");
        return files.list(environment, application, ReadLevel.LINEARIZABLE).thenCompose(listing -> {
            CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
            for (FileListing.Entry each : listing.files())
                if (request.principal().rights().allows(Verb.ADMIN, each.file()))
                    chain = chain.thenCompose(done -> rotate(each.file(), edit, releases));
            return chain.thenApply(done -> Reply.json(200, json));
        });
    }

    private CompletableFuture<Void> rotate(Coordinate file, Edit edit, ArrayNode releases) {
        return files.writes().rotate(file, edit).thenAccept(done -> {
            if (done.created())
                releases.addObject()
                        .put("file", file.toString())
                        .put("release", done.release().number());
        });
    }
}
