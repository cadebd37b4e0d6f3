package dev.attune.e2e.guarded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample Spring Boot service in a JVM of its own, on a free port of loopback. One thread at a time. */
public final class OrdersProcess implements AutoCloseable {
    /** Where its build leaves the service, from the folder of a module. */
    public static final Path BUILT = Path.of("..", "examples", "orders", "target", "service");

    private static final Pattern READY = Pattern.compile("^ready (\\d+)$", Pattern.MULTILINE);
    private static final Pattern APPLIED = Pattern.compile("^applied (\\d+) (\\d+) ", Pattern.MULTILINE);
    private static final long READY_SECONDS = 240;

    private final Process process;
    private final Path output;

    private OrdersProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Where and as whom the service runs.
     *
     * @param service the folder that its build made
     * @param directory for its output and its local copies
     * @param endpoints of the centre, between commas
     * @param heapMegabytes its largest heap
     */
    public record Place(Path service, Path directory, String endpoints, String token, int heapMegabytes) {}

    /** Starts the service as application {@code orders}, from the folder that its build made. */
    public static OrdersProcess start(Path directory, String id, String endpoints, String token) throws IOException {
        return start(new Place(BUILT, directory, endpoints, token, 256), id, List.of());
    }

    /** Starts the service with further arguments. */
    static OrdersProcess start(Place place, String id, List<String> further) throws IOException {
        Path service = place.service().toAbsolutePath().normalize();
        if (!Files.isDirectory(service)) throw new IOException("not built: " + service);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + place.heapMegabytes() + "m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", service + "/*"));
        command.addAll(List.of(
                "dev.attune.examples.orders.OrdersApplication",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--attune.endpoints=" + place.endpoints(),
                "--attune.instance.id=" + id,
                "--attune.start.directory=" + place.directory().resolve("copies"),
                "--attune.start.timeout=30s",
                "--orders.announce=true"));
        command.addAll(further);
        Path output = place.directory().resolve(id + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("ATTUNE_TOKEN", place.token());
        return new OrdersProcess(builder.start(), output);
    }

    /** The port, once the service serves. */
    public int awaitPort() throws IOException, InterruptedException {
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < last) {
            String said = Files.readString(output);
            Matcher ready = READY.matcher(said);
            if (ready.find()) return Integer.parseInt(ready.group(1));
            if (!process.isAlive()) throw new IOException("the service ended: " + said);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("the service is not ready; see " + output);
    }

    /**
     * When a release of its file last came into force, in milliseconds since 1970; nothing when it did not, or is no longer
     * the one in force.
     */
    OptionalLong inForceSince(long release) throws IOException {
        Matcher applied = APPLIED.matcher(Files.readString(output));
        long newest = 0;
        long micros = 0;
        while (applied.find()) {
            newest = Long.parseLong(applied.group(1));
            micros = Long.parseLong(applied.group(2));
        }
        return newest == release ? OptionalLong.of(micros / 1_000) : OptionalLong.empty();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
