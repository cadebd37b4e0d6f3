package dev.attune.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real second process that writes until it is killed. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    public ChildJvm(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Reads {@code count} lines, kills the process with SIGKILL and returns the last line it ever printed. */
    public String killAfter(int count) throws IOException, InterruptedException {
        String last = "";
        for (int i = 0; i < count; i++) {
            String line = lines.readLine();
            if (line == null) throw new IOException("the child ended by itself after " + last);
            last = line;
        }
        // By its handle: the process object would close the stream with it.
        process.toHandle().destroyForcibly();
        process.waitFor();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.endsWith(".")) last = line;
        }
        return last;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
