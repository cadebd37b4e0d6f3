package dev.attune.e2e.guarded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a campaign found.
 *
 * @param loadAverages of the machine, from the least to the greatest
 */
record CampaignReport(CampaignOptions options, List<Trial> trials, List<Double> loadAverages) {
    private static final String ROW = "%-10s %7s %6s %7s  %-24s %-18s %-18s %s%n";

    /** Whether everything harmless was kept and everything else taken back. */
    boolean isRight() {
        return trials.stream().allMatch(Trial::isRight);
    }

    /** For people. */
    String table() {
        StringBuilder out = new StringBuilder("\n");
        out.append(String.format(
                Locale.ROOT,
                ROW,
                "release",
                "rolled",
                "kept",
                "paused",
                "by guard",
                "s to verdict",
                "s to everywhere",
                "failed / requests"));
        for (Fault fault : Fault.values()) {
            List<Trial> all =
                    trials.stream().filter(each -> each.fault() == fault).toList();
            if (!all.isEmpty()) out.append(row(fault, all));
        }
        out.append(String.format(Locale.ROOT, "%n%s; load average %s%n", options, spread(loadAverages)));
        trials.stream().filter(each -> !each.isRight()).forEach(each -> out.append(each)
                .append('\n'));
        return out.toString();
    }

    private static String row(Fault fault, List<Trial> all) {
        Map<String, Long> guards = new TreeMap<>();
        all.stream().filter(each -> !each.guard().isEmpty()).forEach(each -> guards.merge(each.guard(), 1L, Long::sum));
        return String.format(
                Locale.ROOT,
                ROW,
                fault,
                ended(all, "ROLLED_BACK"),
                ended(all, "COMMITTED"),
                ended(all, "PAUSED"),
                guards.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", ")),
                spread(seconds(all, Trial::verdictSeconds)),
                spread(seconds(all, Trial::backSeconds)),
                all.stream().mapToLong(Trial::failed).sum() + " / "
                        + all.stream().mapToLong(Trial::requests).sum());
    }

    private static long ended(List<Trial> all, String end) {
        return all.stream().filter(each -> each.end().equals(end)).count();
    }

    private static List<Double> seconds(List<Trial> all, ToDoubleFunction<Trial> value) {
        return all.stream()
                .mapToDouble(value)
                .filter(each -> !Double.isNaN(each))
                .sorted()
                .boxed()
                .toList();
    }

    /** The least, the median and the greatest. */
    private static String spread(List<Double> sorted) {
        if (sorted.isEmpty()) return "-";
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f / %.1f",
                sorted.get(0),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() - 1));
    }

    /** For programs. */
    void write(Path file) throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode all = json.createObjectNode().put("options", options.toString());
        ArrayNode averages = all.putArray("loadAverages");
        loadAverages.forEach(averages::add);
        ArrayNode list = all.putArray("trials");
        for (Trial each : trials) {
            ObjectNode one = list.addObject()
                    .put("fault", each.fault().name())
                    .put("application", each.application())
                    .put("rollout", each.rollout())
                    .put("end", each.end())
                    .put("right", each.isRight())
                    .put("guard", each.guard())
                    .put("reason", each.reason())
                    .put("backSeconds", each.backSeconds())
                    .put("requests", each.requests())
                    .put("failed", each.failed());
            if (!Double.isNaN(each.verdictSeconds())) one.put("verdictSeconds", each.verdictSeconds());
        }
        json.writeValue(file.toFile(), all);
    }
}
