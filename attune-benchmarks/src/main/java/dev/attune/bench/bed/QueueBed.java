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
    static final Bed BED = new Bed(
            "queue",
            new Bounds(64, 8_192),
            1_000,
            POOL,
            List.of(
                    new Phase("items of 64 KiB", MILLIS, NO_KNEE, RATE, ITEM),
                    new Phase("128 KiB", MILLIS, NO_KNEE, RATE, 2 * ITEM),
                    new Phase("32 KiB", MILLIS, NO_KNEE, RATE, ITEM / 2)));
    private static final List<Integer> FIXED = List.of(500, 600, 700, 800, 1_000, 1_400, 2_400);
    private static final int NODES = 1;

    @Mixin
    private final Session session = new Session();

    /** Runs from the command line. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new QueueBed()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (session.nodes == 0) session.nodes = NODES;
        List<Contender> all = Contenders.queue(BED, session.fixed.isEmpty() ? FIXED : session.fixed, session.nodes);
        Map<String, List<Trace>> traces = session.run(BED, all);
        QueueReport report = new QueueReport(traces);
        session.write(report.text(session.conditions()), chart(traces, report.bestFixed()), traces);
        return 0;
    }

    private static String chart(Map<String, List<Trace>> traces, String best) {
        List<Trace> shown = new ArrayList<>();
        traces.forEach((name, of) -> {
            boolean fixed = name.startsWith("static ");
            if (!fixed || name.equals(best) || name.equals("static " + BED.usual())) shown.add(of.get(0));
        });
        return Chart.of(
                "R2: the first repeat of each",
                BED,
                shown,
                new Chart.Figure("heap after collection, goal 0.8", Trace.Row::heap, 1, Contenders.HEAP_GOAL));
    }
}
