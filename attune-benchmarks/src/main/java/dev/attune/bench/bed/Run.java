package dev.attune.bench.bed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** One run of one contender: starts the services and the load, goes through the phases, ends them. */
final class Run implements AutoCloseable {
    private final Bed bed;
    private final Contender contender;
    private final Timing timing;
    private final List<ServiceProcess> services = new ArrayList<>();
    private final List<LoadStream> streams = new ArrayList<>();
    private final Steering steering;
    private List<Integer> settings;

    /**
     * How long things take.
     *
     * @param phaseSeconds of each phase
     * @param warmSeconds before the first, under its load
     * @param tickMillis between two decisions
     * @param nodes service processes
     */
    record Timing(double phaseSeconds, double warmSeconds, long tickMillis, int nodes) {}

    private Run(Bed bed, Contender contender, Timing timing) {
        this.bed = bed;
        this.contender = contender;
        this.timing = timing;
        steering = contender.steering().get();
        settings = Collections.nCopies(timing.nodes(), contender.start());
    }

    /**
     * Runs it.
     *
     * @param log takes what services complain of
     */
    static Trace of(Bed bed, Contender contender, Timing timing, int repeat, long seed, Path log) throws IOException {
        try (Run run = new Run(bed, contender, timing)) {
            for (int i = 0; i < timing.nodes(); i++) {
                List<String> arguments = new ArrayList<>(bed.arguments(contender.start()));
                arguments.addAll(run.steering.arguments(i));
                run.services.add(ServiceProcess.start(log, arguments));
            }
            return run.go(repeat, seed);
        }
    }

    private Trace go(int repeat, long seed) throws IOException {
        Phase first = bed.phases().get(0);
        phase(first);
        for (int i = 0; i < services.size(); i++)
            streams.add(new LoadStream(services.get(i).port(), first, 1_000_003 * seed + 31L * repeat + i));
        LockSupport.parkNanos((long) (timing.warmSeconds() * 1e9));
        streams.forEach(LoadStream::take);
        steering.begin(services);
        List<Trace.Row> rows = new ArrayList<>();
        int ticks = (int) Math.round(timing.phaseSeconds() * 1_000 / timing.tickMillis());
        try {
            ticks(ticks, rows);
        } catch (IOException e) {
            // A service that died gives nothing for the rest, and all of its heap counts as used.
            double died = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).setting();
            for (int i = rows.size(); i < ticks * bed.phases().size(); i++)
                rows.add(new Trace.Row(seconds(i + 1), i / ticks, died, 0, 0, 1, 0, 1, 1));
        }
        return new Trace(contender.name(), repeat, rows, steering.remark());
    }

    private void ticks(int ticks, List<Trace.Row> rows) throws IOException {
        long begun = System.nanoTime();
        long before = begun;
        for (int i = 0; i < ticks * bed.phases().size(); i++) {
            if (i % ticks == 0) phase(bed.phases().get(i / ticks));
            until(begun + (2L * i + 1) * timing.tickMillis() * 500_000);
            steering.heard(stats());
            until(begun + (i + 1) * timing.tickMillis() * 1_000_000);
            List<ServiceProcess.Stats> stats = stats();
            long now = System.nanoTime();
            List<Look.Node> nodes = new ArrayList<>();
            for (int node = 0; node < services.size(); node++)
                nodes.add(new Look.Node(stats.get(node), streams.get(node).take()));
            Look look = new Look((now - before) / 1e9, settings, nodes);
            before = now;
            rows.add(new Trace.Row(
                    seconds(i + 1),
                    i / ticks,
                    look.setting(),
                    look.goodput(),
                    look.p95Millis(),
                    look.heap(),
                    look.queued(),
                    look.rejected(),
                    look.exhausted()));
            set(steering.next(look));
        }
    }

    private double seconds(int ticks) {
        return ticks * timing.tickMillis() / 1e3;
    }

    private List<ServiceProcess.Stats> stats() throws IOException {
        List<ServiceProcess.Stats> stats = new ArrayList<>();
        for (ServiceProcess each : services) stats.add(each.stats());
        return stats;
    }

    private void phase(Phase phase) throws IOException {
        for (ServiceProcess each : services) each.order("phase " + phase.baseMillis() + " " + phase.knee());
        for (LoadStream each : streams) each.phase(phase);
    }

    private void set(List<Integer> next) throws IOException {
        for (int i = 0; i < next.size() && !steering.elsewhere(); i++)
            if (!next.get(i).equals(settings.get(i))) services.get(i).order(bed.key() + " " + next.get(i));
        settings = next;
    }

    private static void until(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime())
            LockSupport.parkNanos(left);
    }

    @Override
    public void close() throws IOException {
        for (LoadStream each : streams) each.close();
        for (ServiceProcess each : services) each.close();
    }
}
