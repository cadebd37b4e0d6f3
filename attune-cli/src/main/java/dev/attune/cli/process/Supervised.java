package dev.attune.cli.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs with configuration in its environment. It inherits this process's streams. An environment
 * cannot change in a running process, so new configuration means a restart, or a signal for a program that asks
 * again by itself. Used by one thread, but for {@link #stop}.
 */
public final class Supervised {
    private final List<String> command;
    private final boolean pristine;
    private final Duration grace;
    private volatile @Nullable Process process;

    /**
     * @param pristine without this process's own environment, but for what a program needs to be found (PATH)
     * @param grace how long a program may take to end before it is killed
     */
    public Supervised(List<String> command, boolean pristine, Duration grace) {
        this.command = List.copyOf(command);
        this.pristine = pristine;
        this.grace = grace;
    }

    /** Starts it; fails when there is no such program. */
    public Process start(Map<String, String> variables) throws IOException {
        var builder = new ProcessBuilder(command).inheritIO();
        Map<String, String> environment = builder.environment();
        if (pristine) {
            String path = environment.get("PATH");
            environment.clear();
            if (path != null) environment.put("PATH", path);
        } else {
            // The centre's token is this command's, not the program's.
            environment.remove("ATTUNE_TOKEN");
            environment.remove("ATTUNE_TOKEN_FILE");
        }
        environment.putAll(variables);
        Process started = builder.start();
        process = started;
        return started;
    }

    /** Asks it to end, then makes it. Returns when it is gone. */
    public void stop() throws InterruptedException {
        Process running = process;
        if (running == null) return;
        running.destroy();
        if (!running.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS))
            running.destroyForcibly().waitFor();
    }

    /** Sends a signal by name, for instance {@code HUP}, through the system's own kill command. */
    public void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running == null || !running.isAlive()) return;
        int status = new ProcessBuilder("kill", "-s", name, Long.toString(running.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0 && running.isAlive()) throw new IOException("signal: " + name + " could not be sent");
    }
}
