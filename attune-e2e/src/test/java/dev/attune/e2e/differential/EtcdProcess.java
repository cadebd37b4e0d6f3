package dev.attune.e2e.differential;

import dev.attune.e2e.cluster.Ports;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A single etcd on this machine with an empty data directory. */
final class EtcdProcess implements AutoCloseable {
    private static final Path BINARY = Path.of("/usr/bin/etcd");

    private final Process process;
    private final ManagedChannel channel;

    private final Path log;

    private EtcdProcess(Process process, ManagedChannel channel, Path log) {
        this.log = log;
        this.process = process;
        this.channel = channel;
    }

    static boolean isInstalled() {
        return Files.isExecutable(BINARY);
    }

    static EtcdProcess start(Path directory) throws IOException {
        List<Integer> ports = Ports.free(2);
        String client = "http://127.0.0.1:" + ports.get(0);
        String peer = "http://127.0.0.1:" + ports.get(1);
        ProcessBuilder builder = new ProcessBuilder(
                BINARY.toString(),
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer);
        File log = directory.resolve("etcd.log").toFile();
        Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", ports.get(0))
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        return new EtcdProcess(process, channel, log.toPath());
    }

    /** The end of its log when it has died by itself, else empty. */
    String causeOfDeath() throws IOException {
        if (process.isAlive()) return "";
        List<String> lines = Files.readAllLines(log);
        lines.removeIf(line -> !line.contains("panic") && !line.contains("unexpected"));
        return String.join("\n", lines);
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
