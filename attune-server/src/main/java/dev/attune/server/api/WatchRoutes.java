package dev.attune.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.kv.KeyRange;
import dev.attune.server.auth.Permission;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import dev.attune.server.http.SseStream;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.UserKeys;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSpec;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;

/** Watches as server-sent events: {@code change} per revision, {@code progress}, {@code cancelled}; resumable. */
public final class WatchRoutes implements Routes {
    private static final long HEARTBEAT_MILLIS = 10_000;

    private final Keyspace keyspace;
    private final Vertx vertx;

    public WatchRoutes(Keyspace keyspace, Vertx vertx) {
        this.keyspace = keyspace;
        this.vertx = vertx;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.get("/api/v1/watch", Permission.READ, "kvWatch", this::watch)
                .summary("Changes of keys as they happen; go on with 'Last-Event-ID' after a disconnect")
                .query("key", "exactly this key")
                .query("prefix", "every key that begins so; empty for all")
                .query("start", "first key, instead of prefix")
                .query("end", "key after the last; empty for no end")
                .query("from", "first revision wanted; 0 for what comes after now")
                .query("previous", "events carry the key as it was before")
                .query("base64", "keys and values in Base64"));
    }

    private CompletableFuture<Reply> watch(Request request) {
        KeyRange range =
                UserKeys.range(request.queryBytes("key").map(KeyRange::key).orElseGet(() -> KvRoutes.keys(request)));
        boolean base64 = request.queryFlag("base64");
        long from = request.header("Last-Event-ID")
                .map(last -> number(last) + 1)
                .orElseGet(() -> request.queryLong("from", 0));
        WatchSpec spec = new WatchSpec(range, from, request.queryFlag("previous"), true, true, true, 0);
        return Reply.events(stream -> start(stream, spec, base64)).now();
    }

    private void start(SseStream stream, WatchSpec spec, boolean base64) {
        Keyspace.Watch watch = keyspace.watch(spec, message -> offer(stream, message, base64));
        long heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, tick -> stream.heartbeat());
        stream.onRoom(watch::resume);
        stream.onClose(() -> {
            vertx.cancelTimer(heartbeat);
            watch.close();
        });
        // Tells at once from which revision on the client is complete.
        watch.requestProgress();
    }

    private static boolean offer(SseStream stream, WatchMessage message, boolean base64) {
        if (message instanceof WatchEvents events) {
            ObjectNode json = Json.object().put("revision", events.revision());
            ArrayNode array = json.putArray("events");
            events.events().forEach(each -> array.add(KvJson.event(each, base64)));
            return stream.offer(Long.toString(events.revision()), "change", Json.write(json));
        }
        if (message instanceof WatchMessage.Progress progress) {
            ObjectNode json = Json.object().put("revision", progress.revision());
            return stream.offer(Long.toString(progress.revision()), "progress", Json.write(json));
        }
        WatchMessage.Cancelled cancelled = (WatchMessage.Cancelled) message;
        ObjectNode json = Json.object()
                .put("code", cancelled.code().name())
                .put("detail", cancelled.message())
                .put("compactedRevision", cancelled.compactedRevision());
        if (!stream.offer("", "cancelled", Json.write(json))) return false;
        stream.close();
        return true;
    }

    private static long number(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new dev.attune.model.AttuneException(
                    dev.attune.model.ErrorCode.INVALID_ARGUMENT, "Last-Event-ID: not a revision", e);
        }
    }
}
