package dev.attune.bench.bed;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Runs of all contenders by turns, and what both beds write about them. The options of both commands. */
final class Session {
    @Option(names = "--repeats", description = "runs of each contender (default: ${DEFAULT-VALUE})", defaultValue = "5")
    int repeats;

    @Option(names = "--phase", description = "seconds of each phase (default: ${DEFAULT-VALUE})", defaultValue = "60")
    double phaseSeconds;

    @Option(names = "--fixed-phase", description = "seconds of each phase of fixed settings (default: as --phase)")
    double fixedPhaseSeconds;

    @Option(
            names = "--warm",
            description = "seconds before the first phase (default: ${DEFAULT-VALUE})",
            defaultValue = "6")
    double warmSeconds;

    @Option(
            names = "--tick",
            description = "milliseconds between two decisions (default: ${DEFAULT-VALUE})",
            defaultValue = "500")
    long tickMillis;

    @Option(
            names = "--nodes",
            description = "service processes of each run of Attune, the others have one (default: the bed's)")
    int nodes;

    @Option(
            names = "--contenders",
            split = ";",
            description = "only these, by the start of their names, split by \";\"")
    List<String> only = List.of();

    @Option(names = "--fixed", split = ",", description = "the fixed settings to sweep (default: the bed's)")
    List<Integer> fixed = List.of();

    @Option(names = "--seed", description = "of the load (default: ${DEFAULT-VALUE})", defaultValue = "1")
    long seed;

    @Option(names = "--lanes", description = "runs at the same time (default: ${DEFAULT-VALUE})", defaultValue = "1")
    int lanes;

    @Option(
            names = "--out",
            description = "folder for report.md, chart.svg and results.json (default: ${DEFAULT-VALUE})",
            defaultValue = "bed-report")
    Path out = Path.of("bed-report");

    @Option(
            names = "--through-node",
            description = "has a node decide as well, by a policy file; it looks each 10 s, so give --phase in minutes")
    boolean throughNode;

    @Option(
            names = "--from",
            split = ",",
            description = "runs nothing: reports of these earlier results.json together, each a further repeat")
    List<Path> earlier = List.of();

    private String begun = "";

    /** The node of the session; null when none is asked for. */
    @Nullable Centre centre() throws IOException, InterruptedException {
        Files.createDirectories(out);
        return throughNode ? Centre.start(out.resolve("node.log")) : null;
    }

    /** Runs everything, or reads it; the traces of each contender in the order of repeats. */
    Map<String, List<Trace>> run(Bed bed, List<Contender> all) throws IOException, InterruptedException {
        Files.createDirectories(out);
        if (!earlier.isEmpty()) return Results.read(earlier, conditions -> begun += conditions + "\n");
        List<Contender> taking = all.stream().filter(this::takesPart).toList();
        if (taking.isEmpty())
            throw new IllegalArgumentException("contenders: " + only + " (expected: one of " + names(all) + ")");
        begun = machine();
        System.out.println(begun);
        Map<String, List<Trace>> traces = new LinkedHashMap<>();
        taking.forEach(each -> traces.put(each.name(), new ArrayList<>()));
        ExecutorService executor = Executors.newFixedThreadPool(lanes);
        try {
            List<Future<Trace>> running = new ArrayList<>();
            for (int repeat = 1; repeat <= repeats; repeat++)
                for (int i = 0; i < taking.size(); i++) {
                    // Each repeat begins with another one, the last ones first, as they take longest.
                    Contender contender = taking.get(Math.floorMod(-1 - i + (repeat - 1), taking.size()));
                    int number = repeat;
                    running.add(executor.submit(() -> one(bed, contender, number)));
                }
            int done = 0;
            for (Future<Trace> each : running) {
                Trace trace = each.get();
                traces.computeIfAbsent(trace.contender(), name -> new ArrayList<>())
                        .add(trace);
                // What was run is kept, whatever becomes of the rest.
                Results.write(out.resolve("results.json"), conditions(), traces);
                System.out.printf(
                        Locale.ROOT,
                        "%s %d/%d %s, repeat %d %s%n",
                        time(),
                        ++done,
                        running.size(),
                        trace.contender(),
                        trace.repeat(),
                        trace.remark());
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            executor.shutdownNow();
        }
        traces.values().forEach(each -> each.sort(Comparator.comparingInt(Trace::repeat)));
        return traces;
    }

    private Trace one(Bed bed, Contender contender, int repeat) throws IOException {
        boolean short_ = contender.kind() == Contender.Kind.FIXED && fixedPhaseSeconds > 0;
        Run.Timing timing =
                new Run.Timing(short_ ? fixedPhaseSeconds : phaseSeconds, warmSeconds, tickMillis, contender.nodes());
        return Run.of(bed, contender, timing, repeat, seed, out.resolve("services.log"));
    }

    private boolean takesPart(Contender contender) {
        return only.isEmpty() || only.stream().anyMatch(contender.name()::startsWith);
    }

    private static String names(List<Contender> all) {
        return String.join(", ", all.stream().map(Contender::name).toList());
    }

    private static String time() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String machine() throws IOException {
        Path load = Path.of("/proc/loadavg");
        return String.format(
                Locale.ROOT,
                "%s, load average %s, %d processors, Java %s",
                time(),
                Files.exists(load)
                        ? String.join(
                                " ",
                                List.of(Files.readString(load).split(" ", -1)).subList(0, 3))
                        : "unknown",
                ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors(),
                Runtime.version());
    }

    /** When, on what and how long: the first lines of a report. */
    String conditions() throws IOException {
        if (!earlier.isEmpty()) return begun;
        return "Begun " + begun + "; ended " + machine() + ".\n"
                + String.format(
                        Locale.ROOT,
                        "%d repeats by turns, %d at a time; Attune steers %d service processes, the others one; phases of %.0f s (fixed settings %.0f s), a"
                                + " decision each %d ms; seed %d.%n",
                        repeats,
                        lanes,
                        nodes,
                        phaseSeconds,
                        fixedPhaseSeconds > 0 ? fixedPhaseSeconds : phaseSeconds,
                        tickMillis,
                        seed);
    }

    /** Writes the three files. */
    void write(String report, String chart, Map<String, List<Trace>> traces) throws IOException {
        Files.writeString(out.resolve("report.md"), report);
        Files.writeString(out.resolve("chart.svg"), chart);
        Results.write(out.resolve("results.json"), conditions(), traces);
        System.out.println("written: " + out.resolve("report.md") + ", chart.svg, results.json");
    }
}
