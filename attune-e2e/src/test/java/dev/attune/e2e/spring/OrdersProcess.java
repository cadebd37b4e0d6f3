package dev.attune.e2e.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample Spring Boot service in a JVM of its own, on a free port of loopback. */
final class OrdersProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("^ready (\\d+)$", Pattern.MULTILINE);
    private static final long READY_SECONDS = 120;

    private final Process process;
    private final Path output;

    private OrdersProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts the service from the folder that its build made. */
    static OrdersProcess start(Path directory, String id, String endpoints, String token) throws IOException {
        Path service = Path.of("..", "examples", "orders", "target", "service").toAbsolutePath();
        if (!Files.isDirectory(service)) throw new IOException("not built: " + service);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", service + "/*"));
        command.addAll(List.of(
                "dev.attune.examples.orders.OrdersApplication",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--attune.endpoints=" + endpoints,
                "--attune.instance.id=" + id,
                "--attune.start.directory=" + directory.resolve("copies"),
                "--attune.start.timeout=30s",
                "--orders.announce=true"));
        Path output = directory.resolve(id + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("ATTUNE_TOKEN", token);
        return new OrdersProcess(builder.start(), output);
    }

    /** The port, once the service serves. */
    int awaitPort() throws IOException, InterruptedException {
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

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
