package dev.attune.bench.bed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the runs of R1a say, as text. Two levels of difficulty: phases 1 and 2, phases 3 and 4. */
final class PoolReport {
    private static final String[] LEVELS = {"A/B", "A′/B"};
    private static final String FIXED = "static ";

    private final Map<String, List<Trace>> traces;

    PoolReport(Map<String, List<Trace>> traces) {
        this.traces = traces;
    }

    private static double level(Trace trace, int level) {
        return (trace.mean(2 * level, Trace.Row::goodput) + trace.mean(2 * level + 1, Trace.Row::goodput)) / 2;
    }

    private static double settled(Trace trace, int level) {
        return (trace.settled(2 * level, Trace.Row::goodput) + trace.settled(2 * level + 1, Trace.Row::goodput)) / 2;
    }

    private Spread spread(String name, ToDoubleFunction<Trace> figure) {
        return Spread.of(traces.getOrDefault(name, List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    private List<String> fixed() {
        return traces.keySet().stream().filter(each -> each.startsWith(FIXED)).toList();
    }

    /** The fixed setting of the best median over a level; empty without any. */
    String bestFixed(int level) {
        return fixed().stream()
                .max(Comparator.comparingDouble(
                        each -> spread(each, trace -> level(trace, level)).median()))
                .orElse("");
    }

    /** The best median of any fixed setting in each phase, in the mean over a level. */
    private double oracle(int level) {
        double sum = 0;
        for (int phase : new int[] {2 * level, 2 * level + 1})
            sum += fixed().stream()
                    .mapToDouble(each -> spread(each, trace -> trace.mean(phase, Trace.Row::goodput))
                            .median())
                    .max()
                    .orElse(Double.NaN);
        return sum / 2;
    }

    private static double closedForm(int level) {
        Bed bed = PoolBed.BED;
        double sum = 0;
        for (int phase : new int[] {2 * level, 2 * level + 1})
            sum += bed.phases()
                    .get(phase)
                    .best(bed.bounds().least(), bed.bounds().most(), bed.other(), Service.DEADLINE_MILLIS);
        return sum / 2;
    }

    String text(String conditions) {
        StringBuilder out = new StringBuilder("# R1a: the size of a thread pool\n\n")
                .append(conditions)
                .append('\n');
        out.append("Answers within 250 ms a second, of one service process; medians of the repeats (least–most).\n\n");
        sweep(out);
        for (int level = 0; level < LEVELS.length; level++) level(out, level);
        out.append("\n## The policy\n\n```yaml\n")
                .append(Contenders.text(Contenders.POOL_POLICY))
                .append("```\n");
        return out.toString();
    }

    private void sweep(StringBuilder out) {
        out.append("## Fixed settings\n\n| pool |");
        List<Phase> phases = PoolBed.BED.phases();
        for (Phase each : phases) out.append(' ').append(each.name()).append(" | formula |");
        out.append("\n|---|").append("---:|---:|".repeat(phases.size())).append('\n');
        for (String each : fixed()) {
            int setting = Integer.parseInt(each.substring(FIXED.length()));
            out.append("| ").append(setting).append(" |");
            for (int i = 0; i < phases.size(); i++) {
                int phase = i;
                out.append(' ')
                        .append(spread(each, trace -> trace.mean(phase, Trace.Row::goodput))
                                .text("%.0f"));
                out.append(String.format(
                        Locale.ROOT,
                        " | %.0f |",
                        phases.get(i).goodput(setting, PoolBed.BED.other(), Service.DEADLINE_MILLIS)));
            }
            out.append('\n');
        }
    }

    private void level(StringBuilder out, int level) {
        String best = bestFixed(level);
        String usual = FIXED + PoolBed.BED.usual();
        double oracle = oracle(level);
        out.append("\n## ").append(LEVELS[level]).append("\n\n");
        out.append(String.format(
                Locale.ROOT,
                "The best fixed setting for each phase: %.0f measured, %.0f by the formula. Ratios are taken repeat by"
                        + " repeat.%n%n",
                oracle,
                closedForm(level)));
        out.append(
                        "| contender | first phase | second phase | both | of the oracle | settled half, of the oracle | beside ")
                .append(best.isEmpty() ? "the best fixed" : best)
                .append(" | beside ")
                .append(usual)
                .append(" | p95 second phase (ms) |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        List<String> rows = new ArrayList<>(List.of(usual, best));
        traces.keySet().stream().filter(each -> !each.startsWith(FIXED)).forEach(rows::add);
        for (String name : rows.stream().distinct().filter(traces::containsKey).toList()) {
            out.append("| ").append(name).append(" | ");
            out.append(spread(name, each -> each.mean(2 * level, Trace.Row::goodput))
                            .text("%.0f"))
                    .append(" | ");
            out.append(spread(name, each -> each.mean(2 * level + 1, Trace.Row::goodput))
                            .text("%.0f"))
                    .append(" | ");
            out.append(spread(name, each -> level(each, level)).text("%.0f")).append(" | ");
            out.append(spread(name, each -> level(each, level) / oracle * 100).text("%.0f %%"))
                    .append(" | ");
            out.append(spread(name, each -> settled(each, level) / oracle * 100).text("%.0f %%"))
                    .append(" | ");
            out.append(beside(name, best, level).text("%.2f")).append(" | ");
            out.append(beside(name, usual, level).text("%.2f")).append(" | ");
            out.append(spread(name, each -> each.settled(2 * level + 1, Trace.Row::p95))
                            .text("%.0f"))
                    .append(" |\n");
        }
    }

    /** By how much it was better in the same repeat. */
    private Spread beside(String name, String other, int level) {
        List<Trace> others = traces.getOrDefault(other, List.of());
        List<Double> ratios = new ArrayList<>();
        for (Trace each : traces.getOrDefault(name, List.of()))
            for (Trace peer : others)
                if (peer.repeat() == each.repeat()) ratios.add(level(each, level) / level(peer, level));
        return Spread.of(ratios);
    }
}
