package dev.attune.e2e.rollout;

import dev.attune.e2e.cluster.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A {@link FleetProgram} as a process; one thread. */
public final class FleetProcess implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private FleetProcess(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts instances {@code i{first}} to {@code i{first + count - 1}}; {@link #awaitReady} waits for them.
     *
     * @param directory for their local copies and the process's log
     */
    public static FleetProcess start(
            List<String> endpoints, String token, String environment, int first, int count, Path directory)
            throws IOException {
        Files.createDirectories(directory);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetProgram.class.getName(),
                        String.join(",", endpoints),
                        token,
                        environment,
                        Integer.toString(first),
                        Integer.toString(count),
                        directory.toString())
                .redirectError(directory.resolve("fleet.log").toFile())
                .start();
        return new FleetProcess(process);
    }

    /** Waits until its instances have their configuration. */
    public FleetProcess awaitReady() throws IOException {
        String line = out.readLine();
        if (!"ready".equals(line)) throw new IOException("fleet: " + line + " (expected: ready; see fleet.log)");
        return this;
    }

    /** Tells it a command; returns its answer. */
    public String tell(String command) throws IOException {
        in.write(command + "\n");
        in.flush();
        String answer = out.readLine();
        if (answer == null) throw new IOException("fleet: gone");
        return answer;
    }

    /** Stops it where it stands, as a machine that hangs. */
    public void pause() throws IOException, InterruptedException {
        Commands.run("kill", "-STOP", Long.toString(process.pid()));
    }

    /** Lets it go on. */
    public void resume() throws IOException, InterruptedException {
        Commands.run("kill", "-CONT", Long.toString(process.pid()));
    }

    /** Kills it. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
