package dev.attune.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Orders from one instance without pause, over HTTP, and counts what cannot be priced. */
final class OrderLoad implements AutoCloseable {
    private static final long PAUSE_MILLIS = 5;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final HttpRequest order;
    private final Thread thread;
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean ended;

    /** How many orders were made, and how many of them could not be priced. */
    record Progress(long orders, long failures) {}

    private OrderLoad(String id, int port) {
        order = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders?items=3&price=19.90"))
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        thread = new Thread(this::run, "demo-load-" + id);
        thread.setDaemon(true);
    }

    static OrderLoad start(String id, int port) {
        OrderLoad load = new OrderLoad(id, port);
        load.thread.start();
        return load;
    }

    private void run() {
        try {
            while (!ended) {
                boolean priced = isPriced();
                if (ended) return;
                orders.incrementAndGet();
                // The demonstration is about this number: it has to stay 0 whatever happens to the centre.
                if (!priced) failures.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isPriced() throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(order, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().matches("[0-9.]+ [A-Z]{3}");
        } catch (IOException e) {
            return false;
        }
    }

    Progress progress() {
        return new Progress(orders.get(), failures.get());
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
    }
}
