package dev.attune.e2e.guarded;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

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
    private final ExecutorService askers = Executors.newCachedThreadPool(DeliveryLoad::daemon);

    private DeliveryLoad(double rate, long seed) {
        this.rate = rate;
        this.random = new Random(seed);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "load-asker");
        thread.setDaemon(true);
        return thread;
    }

    private record Fleet(AtomicLong answered, AtomicLong failed) {}

    /** An instance, and connections to it on which nobody asks at the moment. */
    private record Instance(Fleet fleet, int port, ConcurrentLinkedDeque<PlainConnection> idle) {}

    private record Arrival(long nanos, Instance instance) {}

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
                arrivals.add(new Arrival(
                        begun + pauseNanos(),
                        new Instance(fleet, Integer.parseInt(port), new ConcurrentLinkedDeque<>())));
        }
        long told = begun;
        while (true) {
            Arrival next = arrivals.remove();
            for (long wait = next.nanos() - System.nanoTime(); wait > 0; wait = next.nanos() - System.nanoTime())
                LockSupport.parkNanos(wait);
            String path = "/delivery?postcode=" + random.nextInt(POSTCODES);
            askers.execute(() -> ask(next.instance(), path));
            arrivals.add(new Arrival(next.nanos() + pauseNanos(), next.instance()));
            if (System.nanoTime() - told >= SECOND_NANOS) {
                told += SECOND_NANOS;
                tell();
            }
        }
    }

    private long pauseNanos() {
        return (long) (-Math.log(1 - random.nextDouble()) / rate * SECOND_NANOS);
    }

    private static void ask(Instance instance, String path) {
        boolean answered = false;
        PlainConnection connection = instance.idle().pollLast();
        while (connection != null && !connection.isFresh()) {
            drop(connection);
            connection = instance.idle().pollLast();
        }
        try {
            if (connection == null) connection = new PlainConnection(instance.port());
            answered = connection.get(path) == 200;
            instance.idle().addLast(connection);
        } catch (IOException e) {
            System.err.println(instance.port() + ": " + e);
            drop(connection);
        }
        instance.fleet().answered().incrementAndGet();
        if (!answered) instance.fleet().failed().incrementAndGet();
    }

    private static void drop(@Nullable PlainConnection connection) {
        try {
            if (connection != null) connection.close();
        } catch (IOException e) {
            System.err.println("close: " + e);
        }
    }

    private void tell() {
        List<String> lines = new ArrayList<>();
        fleets.forEach((name, fleet) -> lines.add(
                name + " " + fleet.answered().get() + " " + fleet.failed().get()));
        System.out.println(String.join("\n", lines));
        System.out.flush();
    }
}
