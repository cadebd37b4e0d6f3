package dev.attune.simulator.run;

import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.world.SeedResult;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code attune simulate}: many seeds, or one of them again. Ends with 1 when an invariant was broken. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 110,
        description = {
            "Run a cluster in one thread of virtual time, once for each seed, under every fault.",
            "The same seed does the same on every machine."
        })
public final class SimulateMain implements Callable<Integer> {
    private static final long REDRAW_MILLIS = 200;

    @Option(names = "--engine", defaultValue = "paxos", description = "Consensus engine; paxos is the only one.")
    String engine = "paxos";

    @Option(
            names = "--world",
            defaultValue = "cluster",
            description = "cluster, or rollouts over a fleet (default: ${DEFAULT-VALUE}).")
    String world = "cluster";

    @Option(names = "--seeds", defaultValue = "1000", description = "How many seeds (default: ${DEFAULT-VALUE}).")
    long seeds;

    @Option(names = "--first", defaultValue = "1", description = "The first of them (default: ${DEFAULT-VALUE}).")
    long first;

    @Option(names = "--seed", description = "Run this one seed and print the hash of its trace.")
    @Nullable Long seed;

    @Option(names = "--trace", description = "With --seed: print what happens, line by line.")
    boolean trace;

    @Option(names = "--threads", description = "How many seeds at once (default: one per processor).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--violations", defaultValue = "10", description = "Stop after so many failed seeds.")
    int violations;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    String output = "text";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean interactive;

    SimulateMain(PrintStream out, PrintStream err, boolean interactive) {
        this.out = out;
        this.err = err;
        this.interactive = interactive;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int exit = new CommandLine(new SimulateMain(out, err, Boolean.getBoolean("attune.interactive")))
                .execute(arguments);
        out.flush();
        System.exit(exit);
    }

    @Override
    public Integer call() throws InterruptedException {
        require(engine.equals("paxos"), "--engine", engine, "paxos");
        require(world.equals("cluster") || world.equals("rollouts"), "--world", world, "cluster or rollouts");
        require(output.equals("text") || output.equals("json"), "--output", output, "text or json");
        require(seeds >= 1, "--seeds", String.valueOf(seeds), ">= 1");
        require(threads >= 1, "--threads", String.valueOf(threads), ">= 1");
        return seed == null ? campaign() : one(seed);
    }

    private SimulatedWorld simulated() {
        return world.equals("cluster") ? SimulatedWorld.CLUSTER : SimulatedWorld.ROLLOUTS;
    }

    private void require(boolean holds, String option, String value, String expected) {
        if (!holds)
            throw new CommandLine.ParameterException(
                    new CommandLine(this), option + ": " + value + " (expected: " + expected + ")");
    }

    private int one(long chosen) {
        SeedResult result = simulated().run(chosen, trace ? out::println : null);
        if (output.equals("json")) {
            out.println(Report.json(result));
        } else {
            BrokenInvariant failure = result.failure();
            out.printf(
                    Locale.ROOT,
                    "seed %d: %s; %,d events, %,d %s %s, trace %s%n",
                    chosen,
                    failure == null ? "passed" : failure.getMessage(),
                    result.figures().events(),
                    result.figures().answered(),
                    simulated().things(),
                    simulated().done(),
                    Report.hash(result));
        }
        return result.passed() ? 0 : 1;
    }

    private int campaign() throws InterruptedException {
        Summary summary = new Summary();
        Campaign campaign = new Campaign(each -> simulated().run(each, null), threads, violations);
        long begun = System.nanoTime();
        Thread bar = new Thread(() -> draw(summary, begun), "progress");
        bar.setDaemon(true);
        if (interactive) bar.start();
        campaign.run(first, seeds, summary);
        bar.interrupt();
        bar.join();
        double seconds = (System.nanoTime() - begun) / 1e9;
        for (SeedResult failed : summary.failures()) err.print(Report.failure(failed, simulated()));
        if (output.equals("json")) out.println(Report.json(summary, seconds));
        else out.print(Report.text(summary, seconds, simulated()));
        return summary.failures().isEmpty() ? 0 : 1;
    }

    private void draw(Summary summary, long begun) {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(REDRAW_MILLIS);
                double rate = summary.seeds() / ((System.nanoTime() - begun) / 1e9);
                int share = (int) (20 * summary.seeds() / seeds);
                err.printf(
                        Locale.ROOT,
                        "\r\u001B[K[%s%s] %,d of %,d seeds, %.0f per second, %d violations",
                        "#".repeat(share),
                        " ".repeat(20 - share),
                        summary.seeds(),
                        seeds,
                        rate,
                        summary.failures().size());
                err.flush();
            }
        } catch (InterruptedException e) {
            err.print("\r\u001B[K");
            err.flush();
        }
    }
}
