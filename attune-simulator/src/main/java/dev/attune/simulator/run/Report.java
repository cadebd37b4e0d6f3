package dev.attune.simulator.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.world.SeedResult;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** A campaign's summary, for people and for programs. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Report() {}

    static String text(Summary summary, double seconds, SimulatedWorld world) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d seeds in %.1f s (%.1f per second), %,d virtual seconds, %,d events%n",
                summary.seeds(),
                seconds,
                summary.seeds() / seconds,
                summary.virtualSeconds(),
                summary.events()));
        text.append(String.format(
                Locale.ROOT,
                "%,d %s, %,d of them %s; %,d slots chosen; %,d faults injected%n",
                summary.calls(),
                world.things(),
                summary.answered(),
                world.done(),
                summary.chosen(),
                summary.faultTotal()));
        text.append(String.format("%nFaults%n"));
        summary.faults()
                .forEach((kind, count) -> text.append(
                        String.format(Locale.ROOT, "  %-26s %,12d  %s%n", kind.name(), count, kind.meaning())));
        text.append(String.format("%nStates reached%n"));
        summary.reached()
                .forEach((name, count) -> text.append(String.format(Locale.ROOT, "  %-44s %,12d%n", name, count)));
        List<String> unreached = summary.unreached();
        text.append(String.format("%nnot reached: %s%n", unreached.isEmpty() ? "none" : String.join(", ", unreached)));
        text.append(String.format("seeds whose order was not decided: %d%n", summary.undecided()));
        text.append(String.format("violations: %d%n", summary.failures().size()));
        return text.toString();
    }

    static String failure(SeedResult result, SimulatedWorld world) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("seed %d: %s%n", result.seed(), message(result)));
        for (String line : result.last()
                .subList(Math.max(0, result.last().size() - 40), result.last().size()))
            text.append("    ").append(line).append(System.lineSeparator());
        text.append(String.format("  again: %s%n", world.again(result.seed())));
        return text.toString();
    }

    static String json(Summary summary, double seconds) {
        ObjectNode node = JSON.createObjectNode();
        node.put("seeds", summary.seeds());
        node.put("seconds", seconds);
        node.put("seedsPerSecond", summary.seeds() / seconds);
        node.put("virtualSeconds", summary.virtualSeconds());
        node.put("events", summary.events());
        node.put("calls", summary.calls());
        node.put("answered", summary.answered());
        node.put("chosen", summary.chosen());
        node.put("undecided", summary.undecided());
        ObjectNode faults = node.putObject("faults");
        summary.faults().forEach((kind, count) -> faults.put(kind.name(), count));
        ObjectNode reached = node.putObject("reached");
        summary.reached().forEach(reached::put);
        ArrayNode violations = node.putArray("violations");
        for (SeedResult failed : summary.failures()) violations.add(seed(failed));
        return print(node);
    }

    static String json(SeedResult result) {
        return print(seed(result));
    }

    private static ObjectNode seed(SeedResult result) {
        ObjectNode node = JSON.createObjectNode();
        node.put("seed", result.seed());
        node.put("passed", result.passed());
        node.put("traceHash", hash(result));
        node.put("events", result.figures().events());
        node.put("answered", result.figures().answered());
        BrokenInvariant failure = result.failure();
        if (failure != null) node.put("invariant", failure.invariant().name()).put("detail", failure.getMessage());
        return node;
    }

    static String hash(SeedResult result) {
        return String.format("%016x", result.traceHash());
    }

    private static String message(SeedResult result) {
        BrokenInvariant failure = result.failure();
        return failure == null ? "passed" : String.valueOf(failure.getMessage());
    }

    private static String print(ObjectNode node) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
