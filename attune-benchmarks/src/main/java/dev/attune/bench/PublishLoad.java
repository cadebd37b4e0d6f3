package dev.attune.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Releases per second: each client releases its own file again as soon as the last release was acknowledged. A release
 * here is the whole of it: parsed, checked against a JSON Schema, numbered, guarded by its base, audited. Each client is
 * a connection to the REST API.
 *
 * <pre>PublishLoad HOST:PORT TOKEN [CLIENTS] [SECONDS]</pre>
 */
public final class PublishLoad {
    private static final String FILES = "/api/v1/envs/bench/apps/publish/files/";
    private static final String SCHEMA = "{\"type\":\"object\",\"required\":[\"pool\"],\"properties\":{\"pool\":{"
            + "\"type\":\"object\",\"properties\":{\"size\":{\"type\":\"integer\",\"minimum\":0}}}}}";

    private static final long WARM_SPAN_MILLIS = 5_000;
    private static final int WARM_SPANS_MAX = 20;

    private final String endpoint;
    private final String token;
    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final LongAdder made = new LongAdder();
    private volatile boolean counting;
    private volatile boolean over;

    private PublishLoad(String endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
    }

    /** Runs the load and prints one line. */
    public static void main(String[] arguments) throws Exception {
        int clients = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 64;
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 10;
        new PublishLoad(arguments[0], arguments[1]).run(clients, seconds);
    }

    private void run(int clients, int seconds) throws Exception {
        try (PlainHttp http = new PlainHttp(endpoint, token)) {
            done(http, "app.schema.json", "", SCHEMA);
            for (int i = 0; i < clients; i++)
                done(http, "file" + i + ".yaml/settings", "", "{\"schema\":\"app.schema.json\"}");
        }
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            String file = "file" + i + ".yaml";
            Thread client = new Thread(() -> releases(file), file);
            client.start();
            running.add(client);
        }
        warmUp();
        counting = true;
        long begun = System.nanoTime();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        counting = false;
        double took = (System.nanoTime() - begun) / 1e9;
        over = true;
        for (Thread each : running) each.join();
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length == 0) throw new IllegalStateException("no release was acknowledged");
        System.out.printf(
                "%d clients: %.0f releases/s, p50 %.2f ms, p99 %.2f ms, slowest %.2f ms%n",
                clients,
                sorted.length / took,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                Arrays.stream(sorted).max().orElse(0) / 1e6);
    }

    /** Until two spans bring no tenth more: a JVM that compiles is no measure. */
    private void warmUp() throws InterruptedException {
        long best = 0;
        for (int span = 0, flat = 0; span < WARM_SPANS_MAX && flat < 2; span++) {
            made.reset();
            Thread.sleep(WARM_SPAN_MILLIS);
            long now = made.sum();
            flat = now * 10 < best * 11 ? flat + 1 : 0;
            best = Math.max(best, now);
        }
    }

    private void releases(String file) {
        try (PlainHttp http = new PlainHttp(endpoint, token)) {
            for (long base = 0; !over; base++) {
                long begun = System.nanoTime();
                String text = "# of " + file + "\npool:\n  size: " + (base + 1) + "\n  name: main\n";
                done(http, file, base == 0 ? "If-None-Match: *" : "If-Match: \"" + base + "\"", text);
                made.increment();
                if (counting) nanos.add(System.nanoTime() - begun);
            }
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    private static void done(PlainHttp http, String path, String header, String body) throws IOException {
        int status = http.put(FILES + path, header, body.getBytes(StandardCharsets.UTF_8));
        if (status >= 300) throw new IOException(path + ": answered " + status);
    }
}
