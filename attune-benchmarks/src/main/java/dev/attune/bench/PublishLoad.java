package dev.attune.bench;

import dev.attune.client.AttuneClient;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Releases per second: each client releases its own file again as soon as the last release was acknowledged. A release
 * here is the whole of it: parsed, checked against a JSON Schema, numbered, guarded by its base, audited.
 *
 * <pre>PublishLoad HOST:PORT TOKEN [CLIENTS] [SECONDS]</pre>
 */
public final class PublishLoad {
    private static final String SCHEMA = "{\"type\":\"object\",\"required\":[\"pool\"],\"properties\":{\"pool\":{"
            + "\"type\":\"object\",\"properties\":{\"size\":{\"type\":\"integer\",\"minimum\":0}}}}}";

    private static final long WARM_SPAN_MILLIS = 5_000;
    private static final int WARM_SPANS_MAX = 20;

    private final HttpClient http = HttpClient.newHttpClient();
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
        call("app.schema.json", SCHEMA);
        List<AttuneClient> connections = new ArrayList<>();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            String file = "file" + i + ".yaml";
            call(file + "/settings", "{\"schema\":\"app.schema.json\"}");
            AttuneClient client = AttuneClient.builder()
                    .endpoints(endpoint)
                    .token(token)
                    .snapshotDirectory(null)
                    .build();
            connections.add(client);
            running.add(release(client, new Coordinate("bench", "publish", "default", file), 0));
        }
        warmUp();
        counting = true;
        long begun = System.nanoTime();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        counting = false;
        double took = (System.nanoTime() - begun) / 1e9;
        over = true;
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        connections.forEach(AttuneClient::close);
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

    private CompletableFuture<Void> release(AttuneClient client, Coordinate file, long base) {
        if (over) return CompletableFuture.completedFuture(null);
        long begun = System.nanoTime();
        Bytes text = Bytes.utf8("# of " + file.file() + "\npool:\n  size: " + (base + 1) + "\n  name: main\n");
        return client.files().publish(file, text, "load", base).thenComposeAsync(done -> {
            made.increment();
            if (counting) nanos.add(System.nanoTime() - begun);
            return release(client, file, done.release().number());
        });
    }

    private void call(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + endpoint + "/api/v1/envs/bench/apps/publish/files/" + path))
                .header("Authorization", "Bearer " + token)
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new IOException(answer.statusCode() + ": " + answer.body());
    }
}
