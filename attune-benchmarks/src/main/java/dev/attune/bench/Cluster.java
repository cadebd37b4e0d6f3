package dev.attune.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** New processes of one contender on loopback, with a connection. Closing it ends them and removes their data. */
final class Cluster implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final Contender contender;
    private final Path directory;
    private final List<List<String>> commands = new ArrayList<>();
    // Guarded by itself: an interrupted run ends them from another thread.
    private final List<Process> processes = new ArrayList<>();
    private final Thread atExit = new Thread(this::end);
    private final List<String> endpoints = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private double startMillis;

    private Cluster(Contender contender, Path directory) {
        this.contender = contender;
        this.directory = directory;
    }

    /** Starts {@code size} nodes and waits until the first write is acknowledged. */
    static Cluster start(Contender contender, int size, Path parent) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(parent, contender.name() + "-");
        Cluster cluster = new Cluster(contender, directory);
        try {
            List<Integer> ports = freePorts(size * Contender.PORTS);
            long begun = System.nanoTime();
            Runtime.getRuntime().addShutdownHook(cluster.atExit);
            cluster.commands.addAll(contender.commands(ports, directory));
            cluster.launch();
            for (int i = 0; i < size; i++) cluster.endpoints.add("127.0.0.1:" + ports.get(Contender.PORTS * i));
            for (int i = 0; i < size; i++) cluster.awaitPort(ports.get(Contender.PORTS * i), begun);
            cluster.awaitWrite(begun);
            cluster.startMillis = (System.nanoTime() - begun) / 1e6;
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void launch() throws IOException {
        synchronized (processes) {
            for (List<String> command : commands) {
                Path log = directory.resolve("node" + processes.size() + ".log");
                processes.add(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
            }
        }
    }

    /**
     * Kills all nodes, starts them again on their data, and waits for a linearizable read by a new connection.
     *
     * @return milliseconds from the start of the processes to the answer
     */
    double restart(int file, int bytes) throws IOException, InterruptedException {
        for (Peer peer : peers) peer.close();
        peers.clear();
        endProcesses();
        long begun = System.nanoTime();
        launch();
        for (String endpoint : endpoints)
            awaitPort(Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1)), begun);
        Peer peer = connect();
        while (true) {
            try {
                int found = peer.getFile(file).get(10, TimeUnit.SECONDS);
                if (found != bytes)
                    throw new IOException(contender.name() + ": file " + file + ": " + found
                            + " bytes after a restart (expected: " + bytes + ")");
                return (System.nanoTime() - begun) / 1e6;
            } catch (ExecutionException | TimeoutException e) {
                patience(begun, e);
                Thread.sleep(10);
            }
        }
    }

    private void awaitPort(int port, long begun) throws IOException, InterruptedException {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException e) {
                patience(begun, e);
                Thread.sleep(2);
            }
        }
    }

    private void awaitWrite(long begun) throws IOException, InterruptedException {
        Peer peer = connect();
        while (true) {
            try {
                peer.put("bench/start", new byte[] {1}).get(10, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException | TimeoutException e) {
                patience(begun, e);
                Thread.sleep(10);
            }
        }
    }

    private void patience(long begun, Exception cause) throws IOException {
        boolean alive = processes.stream().allMatch(Process::isAlive);
        if (alive && System.nanoTime() - begun < PATIENCE_NANOS) return;
        throw new IOException(
                contender.name() + (alive ? " did not start in time: " : " ended: ") + cause + "\n" + logs(), cause);
    }

    /** The last lines of each node's output. */
    String logs() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < processes.size(); i++) {
            Path log = directory.resolve("node" + i + ".log");
            try {
                List<String> lines = Files.readAllLines(log);
                for (String line : lines.subList(Math.max(0, lines.size() - 15), lines.size()))
                    text.append("  node").append(i).append(": ").append(line).append('\n');
            } catch (IOException e) {
                text.append("  ").append(log).append(": ").append(e).append('\n');
            }
        }
        return text.toString();
    }

    /** From the start of the processes to the first acknowledged write. */
    double startMillis() {
        return startMillis;
    }

    /** A further connection, closed with the cluster. */
    Peer connect() throws IOException {
        Peer peer = contender.connect(endpoints);
        peers.add(peer);
        return peer;
    }

    /** The first connection. */
    Peer peer() {
        return peers.get(0);
    }

    /** Resident memory of all nodes together, in MiB. */
    double residentMebibytes() throws IOException {
        long kibibytes = 0;
        for (Process process : processes) {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) kibibytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return kibibytes / 1024.0;
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            List<Integer> ports = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            return ports;
        } finally {
            for (ServerSocket socket : sockets) socket.close();
        }
    }

    @Override
    public void close() {
        for (Peer peer : peers) peer.close();
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The hook has run or is running: the same as was done here.
        }
    }

    private void end() {
        endProcesses();
        if (Files.exists(directory)) delete(directory);
    }

    private void endProcesses() {
        synchronized (processes) {
            for (Process process : processes) process.destroyForcibly();
            try {
                for (Process process : processes) process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            processes.clear();
        }
    }

    /** Removes a directory and everything below it. */
    static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
