package dev.attune.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node of the demonstration's cluster: a process and its addresses. Used by one thread. */
final class NodeProcess implements AutoCloseable {
    private final String id;
    private final int apiPort;
    private final int peerPort;
    private final Path folder;
    private Process process;

    /**
     * @param folder everything of the node lies below it
     * @param process the node's process
     */
    private NodeProcess(String id, int apiPort, int peerPort, Path folder, Process process) {
        this.id = id;
        this.apiPort = apiPort;
        this.peerPort = peerPort;
        this.folder = folder;
        this.process = process;
    }

    static NodeProcess start(String id, int apiPort, int peerPort, List<String> common, Path folder)
            throws IOException {
        Process process = launch(id, apiPort, peerPort, common, folder);
        return new NodeProcess(id, apiPort, peerPort, folder, process);
    }

    private static Process launch(String id, int apiPort, int peerPort, List<String> common, Path folder)
            throws IOException {
        List<String> command = new ArrayList<>(Jvm.command(
                "ATTUNE_DEMO_SERVER_FLAGS",
                "lib",
                "dev.attune.server.ServerMain",
                "--id=" + id,
                "--data-dir=" + folder.resolve(id),
                "--listen=127.0.0.1:" + apiPort,
                "--peer-listen=127.0.0.1:" + peerPort));
        command.addAll(common);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(id + ".log").toFile()))
                .start();
    }

    /** Starts it again after {@link #kill}, with what its disk holds. */
    void restart(List<String> common) throws IOException {
        process = launch(id, apiPort, peerPort, common, folder);
    }

    String id() {
        return id;
    }

    String endpoint() {
        return "http://127.0.0.1:" + apiPort;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL: the process gets no chance to say goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
