package dev.attune.client.signal;

import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import dev.attune.model.signal.MetricNames;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/**
 * What this program measures, for the policies and rollouts of the centre. Told every ten seconds under the id by which it
 * takes its configuration; the token needs the right {@code report}. Nothing is kept for later: while the centre is away,
 * measurements are lost, and nothing here ever fails or waits for that.
 *
 * <p>Names and labels are brought into Prometheus' notation: a counter {@code orders.failed} is {@code
 * orders_failed_total}, a timer {@code orders.latency} is {@code orders_latency_seconds}. Safe to share between threads.
 */
public final class Signals {
    /** Most meters of one program; further ones work and are not told. */
    public static final int METERS_MAX = 2_000;

    private static final System.Logger LOG = System.getLogger(Signals.class.getName());
    private static final int LINES_MAX = 2_000;
    private static final int FRAME_MEASUREMENTS_MAX = 500;
    private static final long FRAME_BYTES_MAX = 1 << 20;

    private final Voice voice;
    private final Executor worker;
    private final long intervalNanos;
    private final Map<Id, Object> meters = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<SignalSource> sources = new CopyOnWriteArrayList<>();
    private final ArrayBlockingQueue<LogLine> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean collecting = new AtomicBoolean();
    private final AtomicLong nextNanos = new AtomicLong(Long.MIN_VALUE);

    /** By which signals are told. */
    @FunctionalInterface
    public interface Voice {
        /** Tells; whether there was a connection to tell it on. */
        boolean tell(List<Measurement> measurements, List<LogLine> lines);
    }

    private record Id(String name, SortedMap<String, String> labels) {}

    /**
     * @param worker runs what other code is asked
     * @param interval between two tellings
     */
    public Signals(Voice voice, Executor worker, Duration interval) {
        if (interval.compareTo(Duration.ofMillis(500)) < 0 || interval.compareTo(Duration.ofMinutes(1)) > 0)
            throw new IllegalArgumentException("interval: " + interval + " (expected: 500 ms..1 min)");
        this.voice = voice;
        this.worker = worker;
        this.intervalNanos = interval.toNanos();
    }

    /** The counter of this name and these labels, {@code "method", "GET", …}; made when there is none. */
    public Counter counter(String name, String... labels) {
        return meter(new Id(MetricNames.metric(name, "", true), labels(labels)), Counter.class, new Counter());
    }

    /** The timer of this name and these labels; made when there is none. */
    public Timer timer(String name, String... labels) {
        return meter(new Id(MetricNames.metric(name, "s", false), labels(labels)), Timer.class, new Timer());
    }

    /** Has a level read each time; one of the same name and labels is replaced. */
    public void gauge(String name, DoubleSupplier level, String... labels) {
        Id id = new Id(MetricNames.metric(name, "", false), labels(labels));
        if (meters.size() < METERS_MAX || meters.containsKey(id)) meters.put(id, level);
    }

    /** Has another library's measurements told, too; until the result is run. */
    public Runnable source(SignalSource source) {
        sources.add(source);
        return () -> sources.remove(source);
    }

    /** Heap and threads of this process, by the names Micrometer has for them. */
    public void jvm() {
        gauge("jvm.memory.used.bytes", () -> heap().getUsed(), "area", "heap");
        gauge("jvm.memory.max.bytes", () -> heap().getMax(), "area", "heap");
        gauge("jvm.threads.live.threads", () -> ManagementFactory.getThreadMXBean()
                .getThreadCount());
    }

    private static MemoryUsage heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }

    /**
     * A line of the log, to be counted by level and template. Dropped when too many wait: errors when {@value #LINES_MAX}
     * do, others when half as many do, so that a talkative log does not push them out.
     */
    public void log(String level, String text) {
        LogLine line = new LogLine(0, level, text);
        boolean room = line.level().equals("ERROR") || lines.size() < LINES_MAX / 2;
        if (!room || !lines.offer(line)) dropped.incrementAndGet();
    }

    /** How many lines and measurements were not told. */
    public long dropped() {
        return dropped.get();
    }

    private <T> T meter(Id id, Class<T> type, T made) {
        if (meters.size() >= METERS_MAX && !meters.containsKey(id)) return made;
        Object present = meters.putIfAbsent(id, made);
        if (present == null) return made;
        if (type.isInstance(present)) return type.cast(present);
        throw new IllegalArgumentException(
                id.name + ": is a " + present.getClass().getSimpleName() + " (expected: " + type.getSimpleName() + ")");
    }

    private static SortedMap<String, String> labels(String... pairs) {
        if (pairs.length % 2 != 0)
            throw new IllegalArgumentException("labels: " + pairs.length + " (expected: names and values by turns)");
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) labels.put(MetricNames.label(pairs[i]), pairs[i + 1]);
        return Collections.unmodifiableSortedMap(labels);
    }

    /** Tells what there is when it is time; called often by one thread, which is not held up. */
    public void tick(long nowNanos) {
        long next = nextNanos.get();
        if (next != Long.MIN_VALUE && nowNanos - next < 0) return;
        nextNanos.set((next == Long.MIN_VALUE || nowNanos - next > intervalNanos ? nowNanos : next) + intervalNanos);
        // Who is still collecting is told of by the next turn.
        if (!collecting.compareAndSet(false, true)) return;
        try {
            worker.execute(() -> {
                try {
                    tell();
                } finally {
                    collecting.set(false);
                }
            });
        } catch (RuntimeException stopped) {
            collecting.set(false);
        }
    }

    private void tell() {
        List<Measurement> all = new ArrayList<>();
        meters.forEach((id, meter) -> all.add(new Measurement(id.name, id.labels, 0, value(id, meter))));
        for (SignalSource each : sources) {
            try {
                each.collect(all::add);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a source of signals failed", e);
            }
        }
        List<LogLine> logged = new ArrayList<>();
        lines.drainTo(logged);
        send(all, logged);
    }

    private static Measurement.Value value(Id id, Object meter) {
        if (meter instanceof Counter counter) return counter.value();
        if (meter instanceof Timer timer) return timer.take();
        try {
            return new Measurement.Level(((DoubleSupplier) meter).getAsDouble());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, id.name + ": not readable", e);
            return new Measurement.Level(Double.NaN);
        }
    }

    private void send(List<Measurement> all, List<LogLine> logged) {
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < all.size(); i++) {
            bytes += 200;
            if (all.get(i).value() instanceof Measurement.Spread spread) bytes += 16L * spread.values().length;
            boolean last = i == all.size() - 1;
            if (!last && i - from + 1 < FRAME_MEASUREMENTS_MAX && bytes < FRAME_BYTES_MAX) continue;
            if (!voice.tell(all.subList(from, i + 1), List.of())) dropped.addAndGet(i + 1L - from);
            from = i + 1;
            bytes = 0;
        }
        bytes = 0;
        from = 0;
        for (int i = 0; i < logged.size(); i++) {
            bytes += 3L * logged.get(i).text().length() + 20;
            if (i < logged.size() - 1 && bytes < FRAME_BYTES_MAX) continue;
            if (!voice.tell(List.of(), logged.subList(from, i + 1))) dropped.addAndGet(i + 1L - from);
            from = i + 1;
            bytes = 0;
        }
    }
}
