package dev.attune.examples.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Brings parcels to every instance at a given rate, whether the earlier ones are packed or not. */
final class ParcelLoad implements AutoCloseable {
    private static final long BEAT_MILLIS = 10;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-parcels");
        thread.setDaemon(true);
        return thread;
    });
    private final List<HttpRequest> requests;
    private final AtomicLong packed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile double perSecond;
    // Beat's thread only.
    private double owed;
    private long lastNanos = System.nanoTime();

    /** What became of the parcels so far. */
    record Progress(long packed, long refused) {}

    private ParcelLoad(List<Integer> ports) {
        requests = ports.stream()
                .map(port -> HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/parcels"))
                        .timeout(Duration.ofSeconds(10))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build())
                .toList();
    }

    static ParcelLoad start(List<Integer> ports, double perSecond) {
        ParcelLoad load = new ParcelLoad(ports);
        load.perSecond = perSecond;
        load.beat.scheduleAtFixedRate(load::bring, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        return load;
    }

    /** To each instance. */
    void rate(double now) {
        perSecond = now;
    }

    double rate() {
        return perSecond;
    }

    private void bring() {
        long now = System.nanoTime();
        owed += (now - lastNanos) / 1e9 * perSecond;
        lastNanos = now;
        for (; owed >= 1; owed--) for (HttpRequest each : requests) one(each);
    }

    private void one(HttpRequest request) {
        http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            if (failure == null && answer.statusCode() == 200) packed.incrementAndGet();
            else refused.incrementAndGet();
        });
    }

    Progress progress() {
        return new Progress(packed.get(), refused.get());
    }

    @Override
    public void close() {
        beat.shutdownNow();
    }
}
