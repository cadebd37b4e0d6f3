package dev.attune.bench.bed;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of the service, steered from here. Used by one thread; closing it ends the process. */
final class ServiceProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter orders;
    private final int port;

    private ServiceProcess(Process process) throws IOException {
        this.process = process;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        String line = answers.readLine();
        if (line == null || !line.startsWith("ready ")) {
            process.destroyForcibly();
            throw new IOException("the service said " + line + " (expected: ready PORT)");
        }
        port = Integer.parseInt(line.substring(6));
    }

    /**
     * What the service counts and measures of itself.
     *
     * @param pool threads
     * @param bound of the queue
     * @param queued requests that wait
     * @param active downstream calls
     * @param received requests so far
     * @param answered requests so far
     * @param inTime answers so far within the deadline
     * @param exhausted how often memory ran out so far
     * @param heapUsed bytes after collection
     * @param heapMost bytes
     */
    record Stats(
            int pool,
            int bound,
            int queued,
            int active,
            long received,
            long answered,
            long inTime,
            long exhausted,
            long heapUsed,
            long heapMost) {
        double heapShare() {
            return (double) heapUsed / heapMost;
        }
    }

    /**
     * Starts one.
     *
     * @param log takes what it complains of
     * @param arguments of {@link Service}
     */
    static ServiceProcess start(Path log, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Xss256k",
                "-XX:+UseG1GC",
                // Whole regions of answered requests are to be found soon, so that what is used means what is kept.
                "-XX:InitiatingHeapOccupancyPercent=20",
                "-XX:-G1UseAdaptiveIHOP",
                "-XX:G1HeapWastePercent=1",
                "-XX:TieredStopAtLevel=1",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ServiceProcess(process);
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Has it do something. */
    void order(String line) throws IOException {
        orders.write(line);
        orders.newLine();
        orders.flush();
    }

    Stats stats() throws IOException {
        order("stats");
        String line = answers.readLine();
        if (line == null) throw new IOException("the service ended");
        String[] words = line.split(" ", -1);
        return new Stats(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                Long.parseLong(words[7]),
                Long.parseLong(words[9]),
                Long.parseLong(words[10]),
                Long.parseLong(words[11]));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
