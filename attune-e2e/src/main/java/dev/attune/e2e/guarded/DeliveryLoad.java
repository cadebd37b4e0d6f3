package dev.attune.e2e.guarded;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks fleets of the sample service for deliveries, whether or not earlier requests were answered: each instance {@code
 * RATE} times a second on average, at times that do not depend on each other. Once a second it prints a line for each fleet:
 * its name, requests answered, and how many of them with anything but 200. Ends with its standard input.
 *
 * <pre>DeliveryLoad RATE SEED FLEET=PORT,PORT,… …</pre>
 */
public final class DeliveryLoad {
    private static final int POSTCODES = 100_000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final double rate;
    private final Random random;
    private final Map<String, Fleet> fleets = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newFixedThreadPool(2, DeliveryLoad::daemon))
            .build();

    private DeliveryLoad(double rate, long seed) {
        this.rate = rate;
        this.random = new Random(seed);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "load-answers");
        thread.setDaemon(true);
        return thread;
    }

    private record Fleet(AtomicLong answered, AtomicLong failed) {}

    private record Arrival(long nanos, Fleet fleet, int port) {}

    /** See the class. */
    public static void main(String[] arguments) {
        DeliveryLoad load = new DeliveryLoad(Double.parseDouble(arguments[0]), Long.parseLong(arguments[1]));
        Thread end = new Thread(DeliveryLoad::endWithInput, "load-input");
        end.setDaemon(true);
        end.start();
        load.run(List.of(arguments).subList(2, arguments.length));
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        } catch (IOException e) {
            System.err.println("input: " + e.getMessage());
        }
        System.exit(0);
    }

    private void run(List<String> named) {
        PriorityQueue<Arrival> arrivals = new PriorityQueue<>((a, b) -> Long.compare(a.nanos(), b.nanos()));
        long begun = System.nanoTime();
        for (String each : named) {
            String[] parts = each.split("=", -1);
            Fleet fleet = new Fleet(new AtomicLong(), new AtomicLong());
            fleets.put(parts[0], fleet);
            for (String port : parts[1].split(",", -1))
                arrivals.add(new Arrival(begun + pauseNanos(), fleet, Integer.parseInt(port)));
        }
        long told = begun;
        while (true) {
            Arrival next = arrivals.remove();
            for (long wait = next.nanos() - System.nanoTime(); wait > 0; wait = next.nanos() - System.nanoTime())
                LockSupport.parkNanos(wait);
            ask(next);
            arrivals.add(new Arrival(next.nanos() + pauseNanos(), next.fleet(), next.port()));
            if (System.nanoTime() - told >= SECOND_NANOS) {
                told += SECOND_NANOS;
                tell();
            }
        }
    }

    private long pauseNanos() {
        return (long) (-Math.log(1 - random.nextDouble()) / rate * SECOND_NANOS);
    }

    private void ask(Arrival arrival) {
        URI uri = URI.create("http://127.0.0.1:" + arrival.port() + "/delivery?postcode=" + random.nextInt(POSTCODES));
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        var answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .whenComplete((response, failure) -> {
                    arrival.fleet().answered().incrementAndGet();
                    if (failure != null || response.statusCode() != 200)
                        arrival.fleet().failed().incrementAndGet();
                });
        if (answer.isCancelled()) throw new IllegalStateException("cancelled: " + uri);
    }

    private void tell() {
        List<String> lines = new ArrayList<>();
        fleets.forEach((name, fleet) -> lines.add(
                name + " " + fleet.answered().get() + " " + fleet.failed().get()));
        System.out.println(String.join("\n", lines));
        System.out.flush();
    }
}
