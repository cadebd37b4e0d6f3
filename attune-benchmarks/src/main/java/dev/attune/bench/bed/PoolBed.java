package dev.attune.bench.bed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Bed R1a of tuning §4.4: how many threads a pool should have whose downstream gets slower the more calls are under way.
 * Figures are of one service process; each gets the whole rate.
 */
@Command(
        name = "PoolBed",
        mixinStandardHelpOptions = true,
        description = "Compares ways to size a thread pool while its downstream changes (bed R1a).")
public final class PoolBed implements Callable<Integer> {
    private static final Phase B = new Phase("B: 5 ms, knee 8, 700/s", 5, 8, 700, 0);
    private static final List<Phase> PHASES = List.of(
            new Phase("A: 20 ms, knee 64, 1000/s", 20, 64, 1_000, 0),
            B,
            new Phase("A′: 40 ms, knee 96, 1000/s", 40, 96, 1_000, 0),
            B);
    static final Bed BED = new Bed("pool", new Bounds(4, 128), 16, 64, PHASES);
    private static final List<Integer> FIXED = List.of(4, 8, 12, 16, 24, 32, 48, 64, 96);
    private static final int NODES = 2;

    @Mixin
    private final Session session = new Session();

    /** Runs from the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PoolBed()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (session.nodes == 0) session.nodes = NODES;
        Centre centre = session.centre();
        try {
            List<Integer> fixed = session.fixed.isEmpty() ? FIXED : session.fixed;
            Map<String, List<Trace>> traces = session.run(BED, Contenders.pool(BED, fixed, session.nodes, centre));
            session.write(new PoolReport(traces).text(session.conditions()), chart(traces), traces);
        } finally {
            if (centre != null) centre.close();
        }
        return 0;
    }

    private static String chart(Map<String, List<Trace>> traces) {
        String best = new PoolReport(traces).bestFixed(0);
        List<Trace> shown = new ArrayList<>();
        traces.forEach((name, of) -> {
            boolean fixed = name.startsWith("static ");
            if (!fixed || name.equals(best) || name.equals("static " + BED.usual())) shown.add(of.get(0));
        });
        return Chart.of(
                "R1a: the first repeat of each",
                BED,
                shown,
                new Chart.Figure("answers in time a second", Trace.Row::goodput, 1_100, Double.NaN));
    }
}
