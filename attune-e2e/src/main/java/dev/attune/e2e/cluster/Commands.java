package dev.attune.e2e.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs small programs of the operating system. */
public final class Commands {
    private Commands() {}

    /** Runs the program; fails with its output when it does not end with 0 within 20 s. */
    public static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly();
        if (!ended || process.exitValue() != 0)
            throw new IOException(String.join(" ", command) + ": " + (ended ? output.trim() : "did not end"));
    }
}
