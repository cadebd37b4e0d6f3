package dev.attune.bench.bed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the runs of R2 say, as text. The value of a run is how many requests it held in the mean. */
final class QueueReport {
    private static final String FIXED = "static ";
    /** A goal holds when no more of the ticks are over it (plant S1). */
    private static final double OVER_MAX = 0.005;

    private final Bed bed;
    private final Map<String, List<Trace>> traces;

    QueueReport(Bed bed, Map<String, List<Trace>> traces) {
        this.bed = bed;
        this.traces = traces;
    }

    private static double over(Trace trace) {
        return trace.mean(row -> row.heap() > Contenders.HEAP_GOAL ? 1 : 0);
    }

    private static double over(Trace trace, int phase) {
        return trace.mean(phase, row -> row.heap() > Contenders.HEAP_GOAL ? 1 : 0);
    }

    private static double worst(Trace trace) {
        return Math.max(0, trace.max(Trace.Row::heap) / Contenders.HEAP_GOAL - 1);
    }

    private static double headroom(Trace trace) {
        return trace.mean(row -> 1 - row.heap() / Contenders.HEAP_GOAL);
    }

    private static double changes(Trace trace) {
        int changes = 0;
        for (int i = 1; i < trace.rows().size(); i++)
            if (trace.rows().get(i).setting() != trace.rows().get(i - 1).setting()) changes++;
        return (double) changes / trace.rows().size();
    }

    private Spread spread(String name, ToDoubleFunction<Trace> figure) {
        return Spread.of(traces.getOrDefault(name, List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    private List<String> fixed() {
        return traces.keySet().stream().filter(each -> each.startsWith(FIXED)).toList();
    }

    /** The fixed setting of the best value among those that kept the goal in every repeat; empty without one. */
    String bestFixed() {
        return fixed().stream()
                .filter(each -> spread(each, QueueReport::over).most() <= OVER_MAX)
                .max(Comparator.comparingDouble(each ->
                        spread(each, trace -> trace.mean(Trace.Row::queued)).median()))
                .orElse("");
    }

    String text(String conditions) {
        StringBuilder out =
                new StringBuilder("# R2: the bound of a queue under a hard limit of the heap\n\n").append(conditions);
        out.append(
                        "\nThe goal: heap in use after collection (the least of 1 s) at most 80 % of 128 MiB. The value: requests")
                .append(" held in the mean. Medians of the repeats (least–most).\n\n## Fixed settings\n\n| bound |");
        List<Phase> phases = bed.phases();
        for (Phase each : phases) out.append(' ').append(each.name()).append(": held | ticks over the goal |");
        out.append("\n|---|").append("---:|---:|".repeat(phases.size())).append('\n');
        for (String each : fixed()) {
            out.append("| ").append(each.substring(FIXED.length())).append(" |");
            for (int i = 0; i < phases.size(); i++) {
                int phase = i;
                out.append(' ')
                        .append(spread(each, trace -> trace.mean(phase, Trace.Row::queued))
                                .text("%.0f"));
                out.append(" | ")
                        .append(spread(each, trace -> 100 * over(trace, phase)).text("%.1f %%"))
                        .append(" |");
            }
            out.append('\n');
        }
        contenders(out);
        out.append("\n## The policy\n\n```yaml\n")
                .append(Contenders.text(Contenders.QUEUE_POLICY))
                .append("```\n");
        return out.toString();
    }

    private void contenders(StringBuilder out) {
        String best = bestFixed();
        String usual = FIXED + bed.usual();
        out.append("\n## Contenders\n\n| contender | held | beside ")
                .append(best.isEmpty() ? "the best fixed (none kept the goal)" : best)
                .append(
                        " | ticks over the goal | worst | headroom | out of memory | turned away | ticks with a change |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        List<String> rows = new ArrayList<>(List.of(usual, best));
        traces.keySet().stream().filter(each -> !each.startsWith(FIXED)).forEach(rows::add);
        for (String name : rows.stream().distinct().filter(traces::containsKey).toList()) {
            out.append("| ").append(name).append(" | ");
            out.append(spread(name, each -> each.mean(Trace.Row::queued)).text("%.0f"))
                    .append(" | ");
            out.append(beside(name, best).text("%.2f")).append(" | ");
            out.append(spread(name, each -> 100 * over(each)).text("%.1f %%")).append(" | ");
            out.append(spread(name, each -> 100 * worst(each)).text("%.1f %%")).append(" | ");
            out.append(spread(name, each -> 100 * headroom(each)).text("%.1f %%"))
                    .append(" | ");
            out.append(spread(name, each -> each.max(Trace.Row::exhausted)).text("%.0f"))
                    .append(" | ");
            out.append(spread(name, each -> 100 * each.mean(Trace.Row::rejected))
                            .text("%.0f %%"))
                    .append(" | ");
            out.append(spread(name, each -> 100 * changes(each)).text("%.0f %%"))
                    .append(" |\n");
        }
    }

    /** How many times as much it held in the same repeat. */
    private Spread beside(String name, String other) {
        List<Double> ratios = new ArrayList<>();
        for (Trace each : traces.getOrDefault(name, List.of()))
            for (Trace peer : traces.getOrDefault(other, List.of()))
                if (peer.repeat() == each.repeat())
                    ratios.add(each.mean(Trace.Row::queued) / peer.mean(Trace.Row::queued));
        return Spread.of(ratios);
    }
}
