package dev.attune.server.tuning;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.config.format.Documents;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.server.http.Json;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a key was over time, by whom and why: what people released beside what policies decided. */
final class Timeline {
    private static final int RELEASES_MAX = 200;

    private final Reads reads;
    private final TuneView views;

    Timeline(Reads reads, TuneView views) {
        this.reads = reads;
        this.views = views;
    }

    /** A line of it; {@code value} is empty when nothing changed. */
    private record Line(long atMillis, String what, String by, String value, String text, long number) {}

    /** The newest entries, oldest first. Fails with {@code NOT_FOUND}. */
    CompletableFuture<ObjectNode> of(Coordinate file, String key, int limit) {
        return reads.one(FileKeys.pointer(file), ReadLevel.LINEARIZABLE).thenCompose(found -> {
            Pointer pointer = found.map(Pointer::decode)
                    .orElseThrow(() -> new AttuneException(ErrorCode.NOT_FOUND, "There is no file " + file + "."));
            return views.releases(file, pointer.latest(), RELEASES_MAX).thenCompose(releases -> {
                List<Line> lines = released(file, key, releases);
                return decided(file, key, limit, lines).thenApply(done -> json(lines, limit));
            });
        });
    }

    /** Only releases that changed the key. */
    private static List<Line> released(Coordinate file, String key, List<Release> releases) {
        List<Line> lines = new ArrayList<>();
        String before = null;
        for (Release each : releases) {
            Map<String, String> keys = Documents.keys(file.file(), each.text());
            String value = keys == null ? "" : keys.getOrDefault(key, "");
            if (before != null && value.equals(before)) continue;
            before = value;
            lines.add(new Line(
                    each.timeMillis(), each.kind().name(), each.author(), value, each.message(), each.number()));
        }
        return lines;
    }

    private CompletableFuture<Void> decided(Coordinate file, String key, int limit, List<Line> lines) {
        return views.list(file.environment()).thenCompose(apps -> {
            CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
            for (TuneView.App app : apps)
                for (Standing each : app.present().standing()) {
                    if (!each.target().equals(file) || !each.policy().keys().contains(key)) continue;
                    chain = chain.thenCompose(done -> views.decisions(each.id(), 0, limit, false))
                            .thenAccept(shown -> shown.forEach(one -> add(lines, each.id(), one)));
                }
            return chain;
        });
    }

    private static void add(List<Line> lines, PolicyId id, TuneView.Shown shown) {
        DecisionEntry.Said said = shown.entry().said();
        // What was released stands among the releases.
        if (shown.entry().made().release() == 0)
            lines.add(new Line(
                    shown.entry().atMillis(),
                    said.code().isEmpty() ? said.outcome() : said.code(),
                    id.principal(),
                    "",
                    said.sentence(),
                    shown.entry().number()));
        for (OutcomeEntry each : shown.outcomes())
            if (each.release() == 0)
                lines.add(new Line(
                        each.atMillis(),
                        each.what().name(),
                        each.by(),
                        "",
                        each.sentence(),
                        shown.entry().number()));
    }

    private static ObjectNode json(List<Line> lines, int limit) {
        lines.sort(Comparator.comparingLong(Line::atMillis));
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("entries");
        for (Line each : lines.subList(Math.max(0, lines.size() - limit), lines.size())) {
            ObjectNode one = array.addObject()
                    .put("time", TuneJson.time(each.atMillis()))
                    .put("what", each.what())
                    .put("by", each.by())
                    .put("text", each.text())
                    .put("number", each.number());
            if (!each.value().isEmpty()) one.put("value", each.value());
        }
        return json;
    }
}
