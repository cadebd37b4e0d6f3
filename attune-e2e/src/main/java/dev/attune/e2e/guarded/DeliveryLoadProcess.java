package dev.attune.e2e.guarded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A {@link DeliveryLoad} as a process. Safe for all threads. */
public final class DeliveryLoadProcess implements AutoCloseable {
    private final Process process;
    private final Map<String, Counts> newest = new ConcurrentHashMap<>();

    private DeliveryLoadProcess(Process process) {
        this.process = process;
    }

    /**
     * What became of the requests to a fleet.
     *
     * @param answered also with a failure
     * @param failed answered with anything but 200, or not at all
     */
    public record Counts(long answered, long failed) {
        Counts since(Counts earlier) {
            return new Counts(answered - earlier.answered, failed - earlier.failed);
        }
    }

    /** Starts to ask the fleets, each instance {@code rate} times a second on average. */
    public static DeliveryLoadProcess start(List<OrdersFleet> fleets, double rate, long seed, Path log)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DeliveryLoad.class.getName(),
                Double.toString(rate),
                Long.toString(seed)));
        for (OrdersFleet each : fleets)
            command.add(each.application() + "="
                    + each.ports().stream().map(port -> Integer.toString(port)).collect(Collectors.joining(",")));
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        DeliveryLoadProcess load = new DeliveryLoadProcess(process);
        Thread reader = new Thread(load::read, "load-counts");
        reader.setDaemon(true);
        reader.start();
        return load;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                newest.put(words[0], new Counts(Long.parseLong(words[1]), Long.parseLong(words[2])));
            }
        } catch (IOException e) {
            // The process is gone, and with it what it counted.
            newest.clear();
        }
    }

    /** What became of the requests to a fleet so far. */
    public Counts counts(String application) {
        return newest.getOrDefault(application, new Counts(0, 0));
    }

    /** Fails when it has ended. */
    void requireAlive() throws IOException {
        if (!process.isAlive()) throw new IOException("the load has ended");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
