package dev.attune.e2e.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Makes every fsync of a running process fail with EIO, by strace, until it is closed. */
public final class FailingSync implements AutoCloseable {
    private final Process strace;

    private FailingSync(Process strace) {
        this.strace = strace;
    }

    public static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/bin/strace"));
    }

    /** Attaches to the server; returns when strace says that it is attached. */
    public static FailingSync attach(ServerProcess server) throws IOException, InterruptedException {
        Path log = Files.createTempFile("attune-strace", ".log");
        Process strace = new ProcessBuilder(
                        "/usr/bin/strace",
                        "-f",
                        "-p",
                        Long.toString(server.pid()),
                        "-e",
                        "trace=fdatasync,fsync,msync,sync_file_range",
                        "-e",
                        "inject=fdatasync,fsync,msync,sync_file_range:error=EIO")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (strace.isAlive() && System.nanoTime() < until) {
            if (Files.readString(log).contains("attached")) return new FailingSync(strace);
            Thread.sleep(20);
        }
        strace.destroyForcibly();
        throw new IOException("strace: " + Files.readString(log));
    }

    @Override
    public void close() {
        strace.destroy();
    }
}
