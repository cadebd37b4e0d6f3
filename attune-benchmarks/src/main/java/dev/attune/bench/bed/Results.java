package dev.attune.bench.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every tick of every run as JSON. */
final class Results {
    private static final String[] COLUMNS = {
        "seconds", "phase", "setting", "goodput", "p95", "heap", "queued", "rejected", "exhausted"
    };

    private Results() {}

    static void write(Path file, String conditions, Map<String, List<Trace>> traces) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode all = json.createObjectNode().put("conditions", conditions);
        ArrayNode columns = all.putArray("columns");
        for (String each : COLUMNS) columns.add(each);
        ArrayNode runs = all.putArray("runs");
        for (List<Trace> of : traces.values())
            for (Trace trace : of) {
                ArrayNode rows = runs.addObject()
                        .put("contender", trace.contender())
                        .put("repeat", trace.repeat())
                        .put("remark", trace.remark())
                        .putArray("ticks");
                for (Trace.Row row : trace.rows())
                    rows.addArray()
                            .add(row.seconds())
                            .add(row.phase())
                            .add(round(row.setting()))
                            .add(round(row.goodput()))
                            .add(round(row.p95()))
                            .add(round(row.heap()))
                            .add(round(row.queued()))
                            .add(round(row.rejected()))
                            .add(row.exhausted());
            }
        json.writeValue(file.toFile(), all);
    }

    private static double round(double value) {
        return Math.rint(value * 1_000) / 1_000;
    }

    /**
     * Reads several, whose repeats follow one another.
     *
     * @param conditions is told those of each
     */
    static Map<String, List<Trace>> read(List<Path> files, Consumer<String> conditions) throws IOException {
        Map<String, List<Trace>> traces = new LinkedHashMap<>();
        int before = 0;
        for (Path file : files) {
            JsonNode all = new ObjectMapper().readTree(file.toFile());
            conditions.accept(all.path("conditions").asText());
            int most = before;
            for (JsonNode run : all.path("runs")) {
                int repeat = before + run.path("repeat").asInt();
                most = Math.max(most, repeat);
                String name = run.path("contender").asText();
                traces.computeIfAbsent(name, each -> new ArrayList<>())
                        .add(new Trace(
                                name,
                                repeat,
                                rows(run.path("ticks")),
                                run.path("remark").asText()));
            }
            before = most;
        }
        return traces;
    }

    private static List<Trace.Row> rows(JsonNode ticks) {
        List<Trace.Row> rows = new ArrayList<>();
        for (JsonNode tick : ticks)
            rows.add(new Trace.Row(
                    tick.path(0).asDouble(),
                    tick.path(1).asInt(),
                    tick.path(2).asDouble(),
                    tick.path(3).asDouble(),
                    tick.path(4).asDouble(),
                    tick.path(5).asDouble(),
                    tick.path(6).asDouble(),
                    tick.path(7).asDouble(),
                    tick.path(8).asLong()));
        return rows;
    }
}
