package dev.attune.bench;

import dev.attune.client.AttuneClient;
import dev.attune.model.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * What recording raw keys costs: writes of 256 bytes a second with the audit of keys off and on, in turns, against a
 * node that runs.
 *
 * <pre>AuditLoad HOST:PORT TOKEN [CALLERS] [SECONDS] [ROUNDS]</pre>
 */
public final class AuditLoad {
    private static final int WARM_SECONDS = 20;

    private final String endpoint;
    private final String token;
    private final NodeApi api;
    private final LongAdder written = new LongAdder();
    private volatile boolean over;

    private AuditLoad(String endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
        this.api = new NodeApi(endpoint, token);
    }

    /** Runs the load and prints a line for each span. */
    public static void main(String[] arguments) throws Exception {
        int callers = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 64;
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 10;
        int rounds = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 2;
        new AuditLoad(arguments[0], arguments[1]).run(callers, seconds, rounds);
    }

    private void run(int callers, int seconds, int rounds) throws Exception {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        try (AttuneClient client = AttuneClient.builder()
                .endpoints(endpoint)
                .token(token)
                .snapshotDirectory(null)
                .build()) {
            for (int i = 0; i < callers; i++) running.add(write(client));
            Thread.sleep(WARM_SECONDS * 1_000L);
            for (int round = 0; round < rounds; round++) {
                span("off", seconds);
                span("on", seconds);
            }
            set("off");
            over = true;
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        }
    }

    private void span(String audit, int seconds) throws IOException, InterruptedException {
        set(audit);
        Thread.sleep(1_000);
        written.reset();
        long begun = System.nanoTime();
        Thread.sleep(seconds * 1_000L);
        double rate = written.sum() / ((System.nanoTime() - begun) / 1e9);
        System.out.printf("audit of keys %s: %.0f writes/s%n", audit, rate);
    }

    private CompletableFuture<Void> write(AttuneClient client) {
        if (over) return CompletableFuture.completedFuture(null);
        byte[] value = new byte[256];
        ThreadLocalRandom.current().nextBytes(value);
        Bytes key = Bytes.utf8("bench/audit/" + ThreadLocalRandom.current().nextInt(10_000));
        return client.kv().put(key, Bytes.wrap(value)).thenComposeAsync(done -> {
            written.increment();
            return write(client);
        });
    }

    private void set(String audit) throws IOException, InterruptedException {
        api.call("PUT", "/api/v1/audit/settings", "{\"keys\":" + audit.equals("on") + "}");
    }
}
