package dev.attune.e2e.workload;

import dev.attune.client.AttuneClient;
import dev.attune.client.kv.Watch;
import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.session.ClientFrame;
import dev.attune.simulator.history.Call;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Recorded clients and watchers on one cluster, from {@link #start} to {@link #finish}. Several clients share one SDK
 * connection, as the threads of a service do.
 */
public final class RecordedLoad implements AutoCloseable {
    /** How many keys are used; the fewer, the more calls meet. */
    static final int KEYS = 50;

    private static final String PREFIX = "e2e/";
    /** Adjacent keys that are read together. */
    static final List<List<String>> GROUPS = groups();

    private static final int CONNECTIONS = 4;
    private static final long PAUSE_MILLIS_MAX = 30;

    private final List<AttuneClient> connections = new ArrayList<>();
    private final List<RecordedClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<RecordedWatch> watches = new ArrayList<>();
    private final List<Watch> open = new ArrayList<>();
    private final AtomicInteger processes = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final long seed;
    private volatile boolean stopping;

    /** @param clients how many recorded clients, each with one call at a time */
    public RecordedLoad(List<String> endpoints, String token, int clients, long seed) {
        this.seed = seed;
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(AttuneClient.builder()
                    .endpoints(endpoints)
                    .token(token)
                    .callTimeout(Duration.ofSeconds(5))
                    .build());
        }
        for (int i = 0; i < clients; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            this.clients.add(
                    new RecordedClient(connections.get(i % CONNECTIONS).kv(), random, processes, System::nanoTime));
        }
    }

    static String key(int number) {
        return String.format(PREFIX + "k%02d", number);
    }

    private static List<List<String>> groups() {
        List<List<String>> groups = new ArrayList<>();
        for (int first = 0; first < KEYS; first += 10) {
            List<String> group = new ArrayList<>();
            for (int i = first; i < first + 10; i++) group.add(key(i));
            groups.add(List.copyOf(group));
        }
        return List.copyOf(groups);
    }

    /** Begins to watch and to call. */
    public void start(int watchers) {
        Random random = new Random(seed);
        for (int i = 0; i < watchers; i++) {
            String prefix = i % 4 == 0 ? PREFIX : i % 4 == 1 ? key(random.nextInt(KEYS)) : PREFIX + "k" + i % 5;
            watch(connections.get(i % CONNECTIONS), prefix, 1 + random.nextInt(100));
        }
        for (int i = 0; i < clients.size(); i++) {
            RecordedClient client = clients.get(i);
            Random pauses = new Random(seed + i);
            Thread thread = new Thread(() -> run(client, pauses), "recorded-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    /** Opens one more watch on everything from {@code from}. */
    public synchronized void watchFrom(long from) {
        watch(connections.get(watches.size() % CONNECTIONS), PREFIX, from);
    }

    private synchronized void watch(AttuneClient connection, String prefix, long from) {
        RecordedWatch watch = new RecordedWatch(watches.size() + 1, prefix, from);
        watches.add(watch);
        KeyRange range = KeyRange.prefix(Bytes.utf8(prefix));
        open.add(connection.kv().watch(range, from, ClientFrame.Wants.EVENTS.withPrevious(), watch));
    }

    private void run(RecordedClient client, Random pauses) {
        try {
            while (!stopping) {
                client.step();
                Thread.sleep(pauses.nextLong(PAUSE_MILLIS_MAX));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures.incrementAndGet();
            throw e;
        }
    }

    /**
     * Stops calling, exports the log from the cluster, which must be healthy again, waits until the watches have reached
     * its head, at most 10 s, and gives what was recorded.
     */
    public RecordedRun finish() throws InterruptedException, TimeoutException {
        stopping = true;
        for (Thread thread : threads) thread.join(TimeUnit.SECONDS.toMillis(30));
        if (failures.get() > 0) throw new IllegalStateException(failures + " recorded clients died");
        List<LogEntry> log = export();
        long head = log.isEmpty() ? 0 : log.get(log.size() - 1).revision();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (behind(log) && System.nanoTime() < until) Thread.sleep(20);
        for (Watch watch : open) watch.close();
        List<Call> calls = new ArrayList<>();
        for (RecordedClient client : clients) calls.addAll(client.calls());
        List<WatchHistory> histories =
                watches.stream().map(RecordedWatch::history).toList();
        return new RecordedRun(calls, log, histories, head);
    }

    private boolean behind(List<LogEntry> log) {
        for (RecordedWatch watch : watches) {
            long last = 0;
            for (LogEntry entry : log) {
                if (entry.changes().stream().anyMatch(change -> change.key().startsWith(watch.prefix())))
                    last = entry.revision();
            }
            if (watch.covered() < last) return true;
        }
        return false;
    }

    /** The committed history of the run's keys, read anew through a watch from the first revision. */
    private List<LogEntry> export() throws InterruptedException, TimeoutException {
        AttuneClient connection = connections.get(0);
        long head = connection
                .kv()
                .withTimeout(Duration.ofSeconds(20))
                .blocking()
                .range(Operation.Range.of(KeyRange.key(Bytes.utf8(key(0)))))
                .revision();
        LogExport export = new LogExport(head);
        KeyRange all = KeyRange.prefix(Bytes.utf8(PREFIX));
        Watch watch = connection.kv().watch(all, 1, export);
        try {
            return export.await(Duration.ofSeconds(30));
        } finally {
            watch.close();
        }
    }

    @Override
    public void close() {
        stopping = true;
        for (Thread thread : threads) thread.interrupt();
        for (AttuneClient connection : connections) connection.close();
    }
}
