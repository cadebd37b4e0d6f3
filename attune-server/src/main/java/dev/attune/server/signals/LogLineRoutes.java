package dev.attune.server.signals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.signal.LogLine;
import dev.attune.server.auth.Permission;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import dev.attune.server.http.Json;
import dev.attune.server.http.Reply;
import dev.attune.server.http.Request;
import dev.attune.server.http.Route;
import dev.attune.server.http.RouteTable;
import dev.attune.server.http.Routes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Log lines as one JSON object a line, for shippers that speak nothing else: {@code {"ts": "2026-01-01T00:00:00Z" or
 * milliseconds, "level": "ERROR", "env": "prod", "app": "orders", "instance": "orders-1", "msg": "…"}}.
 */
public final class LogLineRoutes implements Routes {
    private static final int LINES_MAX = 10_000;

    private final SignalNode node;

    public LogLineRoutes(SignalNode node) {
        this.node = node;
    }

    @Override
    public void mount(RouteTable table) {
        table.add(Route.post("/v1/logs/jsonl", Permission.KNOWN, "sendLogLines", this::take)
                .body(4 << 20)
                .query("environment", "of lines without env")
                .query("application", "of lines without app")
                .query("instance", "of lines without instance")
                .summary("Log lines, one JSON object a line, of instances that this token may report for."));
    }

    /** Lines by sender, and how many were refused. */
    private static final class Read {
        final Map<SignalSource, List<LogLine>> bySource = new LinkedHashMap<>();
        int lines;
        int refused;
        int foreign;
        String why = "";

        void refuse(String reason) {
            refused++;
            why = reason;
        }
    }

    private CompletableFuture<Reply> take(Request request) {
        Defaults defaults = new Defaults(
                request.query("environment").orElse(""),
                request.query("application").orElse(""),
                request.query("instance").orElse(""));
        Rights rights = request.principal().rights();
        return node.working(request.body().size(), () -> read(request.body(), defaults, rights))
                .thenCompose(read -> {
                    if (read.foreign > 0 && read.bySource.isEmpty())
                        throw new AttuneException(ErrorCode.PERMISSION_DENIED, read.why + ".");
                    List<SignalBatch> batches = new ArrayList<>();
                    read.bySource.forEach((source, lines) -> batches.add(new SignalBatch(source, List.of(), lines)));
                    return node.take(batches, request.body().size()).thenApply(taken -> {
                        ObjectNode json = Json.object()
                                .put("accepted", taken.lines())
                                .put("refused", read.refused + taken.linesRefused());
                        if (taken.linesRefused() > 0) read.why = "too old, too new, or of no instance";
                        if (!read.why.isEmpty()) json.put("why", read.why);
                        return Reply.json(200, json);
                    });
                });
    }

    private record Defaults(String environment, String application, String instance) {}

    private static Read read(Bytes body, Defaults defaults, Rights rights) {
        Read read = new Read();
        byte[] all = body.unsafeArray();
        int from = 0;
        for (int i = 0; i <= all.length; i++) {
            if (i < all.length && all[i] != '\n') continue;
            if (i > from) line(new String(all, from, i - from, StandardCharsets.UTF_8), defaults, rights, read);
            from = i + 1;
        }
        return read;
    }

    private static void line(String text, Defaults defaults, Rights rights, Read read) {
        if (text.isBlank()) return;
        if (++read.lines > LINES_MAX) {
            read.refuse("more than " + LINES_MAX + " lines at once");
            return;
        }
        try {
            JsonNode json = Json.tree(Bytes.utf8(text));
            SignalScope scope = new SignalScope(
                    json.path("env").asText(defaults.environment),
                    json.path("app").asText(defaults.application));
            if (!rights.allows(Verb.REPORT, scope.environment(), scope.application(), "")) {
                read.foreign++;
                read.refuse("this token may not report for " + scope);
                return;
            }
            SignalSource source = new SignalSource(
                    scope, json.path("instance").asText(defaults.instance), Collections.emptySortedMap(), "jsonl");
            String level = json.path("level").asText("INFO");
            LogLine line =
                    new LogLine(time(json.path("ts")), level, json.path("msg").asText(""));
            read.bySource.computeIfAbsent(source, none -> new ArrayList<>()).add(line);
        } catch (AttuneException | IllegalArgumentException | DateTimeException e) {
            read.refuse(String.valueOf(e.getMessage()));
        }
    }

    private static long time(JsonNode json) {
        if (json.isNumber()) return Math.max(0, json.asLong());
        String text = json.asText("");
        return text.isEmpty() ? 0 : Math.max(0, Instant.parse(text).toEpochMilli());
    }
}
