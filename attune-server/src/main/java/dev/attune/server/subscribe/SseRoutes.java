package dev.attune.server.subscribe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.config.Names;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.http.SseStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Subscriptions as server-sent events: {@code config} with the complete state, {@code change} with what changed,
 * {@code end} when the server gives up. The id of an event is its revision, so a client that reconnects with {@code
 * Last-Event-ID} is told what changed since.
 */
public final class SseRoutes implements Routes {
    private static final int FILES_MAX = 256;
    private static final String ANONYMOUS = "anonymous";

    private final Subscriptions subscriptions;
    private final Followers followers;

    /** Where subscribers that say which instance they are are noted. */
    @FunctionalInterface
    public interface Followers {
        /** One has subscribed. */
        Follower follows(InstanceSpec spec, Set<String> files);
    }

    public SseRoutes(Subscriptions subscriptions, Followers followers) {
        this.subscriptions = subscriptions;
        this.followers = followers;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/envs/{env}/apps/{app}/subscribe", Permission.READ, "subscribe", this::subscribe)
                .query("cluster", "cluster of the instance; default when absent")
                .query("dataCentre", "data centre of the instance")
                .query("files", "names of interest with commas between; all when absent")
                .query("instance", "id of the instance; with it the subscriber is listed as a follower")
                .query("after", "as Last-Event-ID, for clients that cannot send it")
                .needs(Verb.READ)
                .summary("Server-sent events: the complete configuration, then each change."));
    }

    private CompletableFuture<Reply> subscribe(Request request) {
        InstanceSpec spec;
        Set<String> files;
        try {
            spec = instance(request);
            files = files(request);
        } catch (IllegalArgumentException e) {
            throw new AttuneException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
        long after = after(request);
        request.principal().rights().requireReadable(spec.environment(), spec.application(), files);
        return Reply.events(stream ->
                        follow(stream, spec, files, request.principal().rights(), after))
                .now();
    }

    private void follow(SseStream stream, InstanceSpec spec, Set<String> files, Rights rights, long after) {
        Follower follower = spec.id().equals(ANONYMOUS) ? Follower.NOBODY : followers.follows(spec, files);
        Subscriptions.Subscription running = subscriptions.subscribe(spec, files, rights, after, message -> {
            boolean taken = send(stream, message);
            if (taken && message instanceof SharedUpdate shared) follower.offered(shared.update());
            return taken;
        });
        stream.onRoom(running::resume);
        stream.onClose(() -> {
            running.close();
            follower.left();
        });
        // A refusal before onRoom was set has told nobody.
        running.resume();
    }

    private static boolean send(SseStream stream, SubscriptionMessage message) {
        if (message instanceof SharedUpdate shared) {
            ConfigUpdate update = shared.update();
            String event = update.complete() ? "config" : "change";
            return stream.offer(Long.toString(update.revision()), event, shared.text(SseRoutes::json));
        }
        if (message instanceof SubscriptionMessage.Ended ended) {
            ObjectNode json = Json.object();
            json.put("code", ended.code().name());
            json.put("message", ended.message());
            stream.offer("", "end", Json.write(json));
            stream.close();
        }
        return true;
    }

    private static String json(ConfigUpdate update) {
        ObjectNode json = Json.object();
        json.put("revision", update.revision());
        json.put("complete", update.complete());
        ArrayNode files = json.putArray("files");
        for (FileContent file : update.files()) {
            ObjectNode each = files.addObject();
            each.put("file", file.file());
            each.put("cluster", file.cluster());
            each.put("release", file.release());
            each.put("revision", file.revision());
            each.put("sha256", file.sha256());
            each.put("text", file.text().toUtf8());
            Map<String, String> keys = file.keys();
            if (keys != null) {
                ObjectNode map = each.putObject("keys");
                keys.forEach(map::put);
            }
        }
        ArrayNode removed = json.putArray("removed");
        update.removed().forEach(removed::add);
        return Json.write(json).toUtf8();
    }

    private static InstanceSpec instance(Request request) {
        return new InstanceSpec(
                request.query("instance").orElse(ANONYMOUS),
                request.path("env"),
                request.path("app"),
                request.query("cluster").orElse(Coordinate.DEFAULT_CLUSTER),
                request.query("dataCentre").orElse(""),
                "",
                Map.of());
    }

    private static Set<String> files(Request request) {
        Set<String> files = new TreeSet<>();
        for (String name : request.query("files").orElse("").split(",", FILES_MAX + 1)) {
            if (!name.isEmpty()) files.add(Names.require("files", name));
        }
        if (files.size() > FILES_MAX)
            throw new IllegalArgumentException("files: more than " + FILES_MAX + " (leave out to get all)");
        return files;
    }

    private static long after(Request request) {
        Optional<String> last = request.header("Last-Event-ID");
        if (last.isEmpty() || last.get().isEmpty()) return request.queryLong("after", 0);
        try {
            long revision = Long.parseLong(last.get());
            if (revision >= 0) return revision;
        } catch (NumberFormatException e) {
            // Told below, without repeating what was sent.
        }
        throw new AttuneException(
                ErrorCode.INVALID_ARGUMENT, "Last-Event-ID: not a revision (expected: the id of an event)");
    }
}
