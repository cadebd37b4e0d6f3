package dev.attune.bench.bed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Bed R2 of tuning §4.4: how many requests may wait in memory, when a service is offered five times what it can do, its heap
 * must stay below 80 %, and requests change their size (after HBASE-3813).
 */
@Command(
        name = "QueueBed",
        mixinStandardHelpOptions = true,
        description = "Compares ways to bound a queue in memory under a hard limit of the heap (bed R2).")
public final class QueueBed implements Callable<Integer> {
    private static final int ITEM = 64 << 10;
    private static final int POOL = 6;
    /** 60 a second are answered, so that a full queue turns over in about 20 s. */
    private static final double MILLIS = 100;

    private static final double RATE = 300;
    private static final double NO_KNEE = 1e9;
    private static final List<Integer> FIXED = List.of(500, 600, 700, 800, 1_000, 1_400, 2_400);
    private static final int NODES = 1;

    @Mixin
    private final Session session = new Session();

    @Option(
            names = "--slow",
            description = "how many times as long everything takes that flows (default: ${DEFAULT-VALUE})",
            defaultValue = "1")
    private double slow;

    /** Runs from the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new QueueBed()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (session.nodes == 0) session.nodes = NODES;
        Bed bed = bed(slow);
        Centre centre = session.centre();
        try {
            List<Integer> fixed = session.fixed.isEmpty() ? FIXED : session.fixed;
            Map<String, List<Trace>> traces = session.run(bed, Contenders.queue(bed, fixed, session.nodes, centre));
            QueueReport report = new QueueReport(bed, traces);
            session.write(report.text(session.conditions()), chart(bed, traces, report.bestFixed()), traces);
        } finally {
            if (centre != null) centre.close();
        }
        return 0;
    }

    /** The bed in which all that flows takes {@code slow} times as long. */
    static Bed bed(double slow) {
        double millis = MILLIS * slow;
        double rate = RATE / slow;
        return new Bed(
                "queue",
                new Bounds(64, 8_192),
                1_000,
                POOL,
                List.of(
                        new Phase("items of 64 KiB", millis, NO_KNEE, rate, ITEM),
                        new Phase("128 KiB", millis, NO_KNEE, rate, 2 * ITEM),
                        new Phase("32 KiB", millis, NO_KNEE, rate, ITEM / 2)));
    }

    private static String chart(Bed bed, Map<String, List<Trace>> traces, String best) {
        List<Trace> shown = new ArrayList<>();
        traces.forEach((name, of) -> {
            boolean fixed = name.startsWith("static ");
            if (!fixed || name.equals(best) || name.equals("static " + bed.usual())) shown.add(of.get(0));
        });
        return Chart.of(
                "R2: the first repeat of each",
                bed,
                shown,
                new Chart.Figure("heap after collection, goal 0.8", Trace.Row::heap, 1, Contenders.HEAP_GOAL));
    }
}
