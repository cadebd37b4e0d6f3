package dev.attune.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, by row and system. A row in which something failed has no figures for that system. */
final class Results {
    private final List<String> systems;
    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    Results(List<String> systems) {
        this.systems = List.copyOf(systems);
    }

    /** @param row the cell's name and its unit */
    void add(String row, String system, double value) {
        values.computeIfAbsent(row, any -> new LinkedHashMap<>())
                .computeIfAbsent(system, any -> new ArrayList<>())
                .add(value);
    }

    /** From now on the cell has no figures for this system. */
    void failed(String cell, String system, String error) {
        failures.putIfAbsent(cell + " / " + system, error);
    }

    boolean hasFailures() {
        return !failures.isEmpty();
    }

    private List<Double> of(String row, String system) {
        boolean failed = failures.keySet().stream().anyMatch(key -> {
            String[] parts = key.split(" / ", -1);
            return parts[1].equals(system) && row.startsWith(parts[0] + " ");
        });
        return failed ? List.of() : values.getOrDefault(row, Map.of()).getOrDefault(system, List.of());
    }

    String markdown() {
        StringBuilder text = new StringBuilder("| measurement |");
        for (String system : systems) text.append(' ').append(system).append(" median (min–max) |");
        List<String> others = systems.subList(1, systems.size());
        for (String other : others)
            text.append(' ').append(systems.get(0)).append('/').append(other).append(" |");
        text.append("\n|---|").append("---:|".repeat(systems.size() + others.size()));
        for (String row : values.keySet()) {
            text.append("\n| ").append(row).append(" |");
            for (String system : systems)
                text.append(' ').append(cell(of(row, system))).append(" |");
            for (String other : others)
                text.append(' ').append(ratio(row, other)).append(" |");
        }
        text.append('\n');
        failures.forEach((cell, error) ->
                text.append("\nFAILED ").append(cell).append(": ").append(error));
        return text.toString();
    }

    private static String cell(List<Double> rounds) {
        return rounds.isEmpty() ? "–" : text(Summary.of(rounds));
    }

    /** The first system's figure over another's, round by round. */
    private String ratio(String row, String other) {
        List<Double> first = of(row, systems.get(0));
        List<Double> second = of(row, other);
        return first.isEmpty() || first.size() != second.size() ? "–" : text(Summary.ratios(first, second));
    }

    private static String text(Summary summary) {
        return number(summary.median()) + " (" + number(summary.min()) + "–" + number(summary.max()) + ")";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }

    String json() throws JsonProcessingException {
        Map<String, Object> rows = new LinkedHashMap<>();
        for (String row : values.keySet()) {
            Map<String, Object> each = new LinkedHashMap<>();
            for (String system : systems) {
                List<Double> rounds = of(row, system);
                if (!rounds.isEmpty()) each.put(system, Map.of("rounds", rounds, "summary", Summary.of(rounds)));
            }
            rows.put(row, each);
        }
        return new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(Map.of("measurements", rows, "failures", failures));
    }
}
