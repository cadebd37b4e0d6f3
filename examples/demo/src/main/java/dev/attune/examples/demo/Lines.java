package dev.attune.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Hands on what a process prints, line by line, on a daemon thread. */
final class Lines {
    private Lines() {}

    static void follow(Process process, String name, Consumer<String> lines) {
        var thread = new Thread(
                () -> {
                    try (var reader = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        for (String line = reader.readLine(); line != null; line = reader.readLine())
                            lines.accept(line);
                    } catch (IOException e) {
                        // The process is gone; so are its lines.
                        lines.accept("closed");
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
