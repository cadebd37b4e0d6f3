package dev.attune.e2e.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a run as JSON Lines, so that it can be judged again later: {@code calls.jsonl} with a line for each beginning
 * and each end of a call, {@code log.jsonl} with a line for each revision, {@code watches.jsonl} with a line for each
 * opening and each delivery.
 */
public final class HistoryFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALLS = "calls.jsonl";
    private static final String LOG = "log.jsonl";
    private static final String WATCHES = "watches.jsonl";

    private final Path directory;

    public HistoryFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes the calls, ordered by client and index. */
    public void writeCalls(List<Call> calls) throws IOException {
        try (BufferedWriter out = writer(CALLS)) {
            for (Call call : calls) {
                line(out, CallJson.invocation(JSON.createObjectNode(), call));
                line(out, CallJson.completion(JSON.createObjectNode(), call));
            }
        }
    }

    /** Reads the calls; one whose end is missing, because the recorder died, is unknown. */
    public List<Call> readCalls() throws IOException {
        Map<String, JsonNode> open = new LinkedHashMap<>();
        List<Call> calls = new ArrayList<>();
        for (JsonNode node : read(CALLS)) {
            String id = node.path("p").asInt() + "/" + node.path("i").asLong();
            if (node.path("t").asText().equals("invoke")) open.put(id, node);
            else calls.add(CallJson.call(required(open.remove(id), id), node));
        }
        for (JsonNode node : open.values()) calls.add(CallJson.call(node, null));
        return calls;
    }

    /** Writes the exported log. */
    public void writeLog(List<LogEntry> log) throws IOException {
        try (BufferedWriter out = writer(LOG)) {
            for (LogEntry entry : log) {
                ObjectNode node = JSON.createObjectNode().put("rev", entry.revision());
                ArrayNode changes = node.putArray("ch");
                for (LogEntry.Change change : entry.changes())
                    changes.addObject().put("k", change.key()).put("v", change.value());
                line(out, node);
            }
        }
    }

    public List<LogEntry> readLog() throws IOException {
        List<LogEntry> log = new ArrayList<>();
        for (JsonNode node : read(LOG)) {
            List<LogEntry.Change> changes = new ArrayList<>();
            for (JsonNode change : node.path("ch"))
                changes.add(new LogEntry.Change(change.path("k").asText(), CallJson.text(change.path("v"))));
            log.add(new LogEntry(node.path("rev").asLong(), changes));
        }
        return log;
    }

    /** Writes what the watchers were given. */
    public void writeWatches(List<WatchHistory> watches) throws IOException {
        try (BufferedWriter out = writer(WATCHES)) {
            for (WatchHistory watch : watches) {
                line(
                        out,
                        JSON.createObjectNode()
                                .put("w", watch.id())
                                .put("t", "open")
                                .put("from", watch.from())
                                .put("sel", watch.prefix()));
                for (WatchHistory.Delivery delivery : watch.deliveries()) line(out, delivery(watch.id(), delivery));
            }
        }
    }

    private static ObjectNode delivery(int id, WatchHistory.Delivery delivery) {
        ObjectNode node = JSON.createObjectNode().put("w", id);
        if (delivery instanceof WatchHistory.Progress progress)
            return node.put("t", "mark").put("rev", progress.revision());
        if (delivery instanceof WatchHistory.Closed closed)
            return node.put("t", "close").put("why", closed.why()).put("c", closed.compacted());
        WatchHistory.Batch batch = (WatchHistory.Batch) delivery;
        ArrayNode events = node.put("t", "resp").put("rev", batch.revision()).putArray("ev");
        for (WatchHistory.Seen seen : batch.events()) {
            ObjectNode event = events.addObject();
            event.put("k", seen.key()).put("v", seen.value()).put("rev", seen.revision());
            if (seen.previousAsked()) event.put("prev", seen.previous());
        }
        return node;
    }

    /** Reads what the watchers were given. */
    public List<WatchHistory> readWatches() throws IOException {
        List<WatchHistory> watches = new ArrayList<>();
        @Nullable JsonNode open = null;
        List<WatchHistory.Delivery> deliveries = new ArrayList<>();
        for (JsonNode node : read(WATCHES)) {
            if (node.path("t").asText().equals("open")) {
                if (open != null) watches.add(watch(open, deliveries));
                open = node;
                deliveries.clear();
            } else {
                deliveries.add(delivery(node));
            }
        }
        if (open != null) watches.add(watch(open, deliveries));
        return watches;
    }

    private static WatchHistory watch(JsonNode open, List<WatchHistory.Delivery> deliveries) {
        return new WatchHistory(
                open.path("w").asInt(),
                open.path("sel").asText(),
                open.path("from").asLong(),
                deliveries);
    }

    private static WatchHistory.Delivery delivery(JsonNode node) {
        switch (node.path("t").asText()) {
            case "mark":
                return new WatchHistory.Progress(node.path("rev").asLong());
            case "close":
                return new WatchHistory.Closed(
                        node.path("why").asText(), node.path("c").asLong());
            default:
                List<WatchHistory.Seen> events = new ArrayList<>();
                for (JsonNode event : node.path("ev"))
                    events.add(new WatchHistory.Seen(
                            event.path("k").asText(),
                            CallJson.text(event.path("v")),
                            event.path("rev").asLong(),
                            event.has("prev"),
                            CallJson.text(event.path("prev"))));
                return new WatchHistory.Batch(node.path("rev").asLong(), events);
        }
    }

    private static JsonNode required(@Nullable JsonNode node, String id) {
        if (node == null) throw new IllegalArgumentException("call " + id + ": ends but never began");
        return node;
    }

    private BufferedWriter writer(String name) throws IOException {
        Files.createDirectories(directory);
        return Files.newBufferedWriter(directory.resolve(name));
    }

    private static void line(BufferedWriter out, JsonNode node) throws IOException {
        out.write(JSON.writeValueAsString(node));
        out.write('\n');
    }

    private List<JsonNode> read(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(directory.resolve(name))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) lines.add(JSON.readTree(line));
        }
        return lines;
    }
}
