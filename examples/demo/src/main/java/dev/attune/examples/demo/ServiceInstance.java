package dev.attune.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An instance of the service as the demonstration sees it: a process and what it said. Safe for all threads. */
final class ServiceInstance implements AutoCloseable {
    private final String id;
    private final Process process;
    private final List<Applied> applied = new ArrayList<>();
    private int port;
    private @Nullable OrderLoad load;

    /** A release came into force. */
    record Applied(long release, long epochMicros, String discount) {}

    private ServiceInstance(String id, Process process) {
        this.id = id;
        this.process = process;
    }

    /** @param cannotPrint a currency that this instance's till turns out not to know; empty for none */
    static ServiceInstance start(String id, String endpoints, Path tokenFile, Path log, String cannotPrint)
            throws IOException {
        List<String> command = Jvm.command(
                "ATTUNE_DEMO_SERVICE_FLAGS",
                "examples/orders",
                "dev.attune.examples.orders.OrdersApplication",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--attune.endpoints=" + endpoints,
                "--attune.token-file=" + tokenFile,
                "--attune.instance.id=" + id,
                "--attune.start.directory=" + log.resolveSibling("snapshots-" + id),
                "--logging.file.name=" + log,
                "--orders.till.cannot-print=" + cannotPrint,
                "--orders.announce=true");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        var instance = new ServiceInstance(id, process);
        Lines.follow(process, "demo-" + id, instance::heard);
        return instance;
    }

    String id() {
        return id;
    }

    private synchronized void heard(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "ready" -> port = Integer.parseInt(words[1]);
            case "applied" -> applied.add(new Applied(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]));
            default -> {}
        }
        notifyAll();
    }

    /** Waits until the instance serves, and begins to order. */
    void awaitReady(long deadlineNanos) throws InterruptedException {
        int served = await(() -> port == 0 ? null : port, deadlineNanos, id + " did not start");
        load = OrderLoad.start(id, served);
    }

    /** Where it serves; 0 before it does. */
    synchronized int port() {
        return port;
    }

    /** What became of the orders so far. */
    OrderLoad.Progress progress() {
        return load == null ? new OrderLoad.Progress(0, 0) : load.progress();
    }

    /** Waits until a release came into force and tells when. */
    Applied await(long release, long deadlineNanos) throws InterruptedException {
        return await(
                () -> applied.stream()
                        .filter(each -> each.release() == release)
                        .findFirst()
                        .orElse(null),
                deadlineNanos,
                id + " did not see release " + release);
    }

    private synchronized <T> T await(Supplier<@Nullable T> found, long deadlineNanos, String otherwise)
            throws InterruptedException {
        for (T value = found.get(); ; value = found.get()) {
            if (value != null) return value;
            long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (left <= 0 || !process.isAlive()) throw new DemoFailure(otherwise);
            wait(Math.min(left, 100));
        }
    }

    /** The release it came to last; 0 before the first. */
    synchronized long release() {
        return applied.isEmpty() ? 0 : applied.get(applied.size() - 1).release();
    }

    /** Every release it saw, in the order it did. */
    synchronized List<Long> releases() {
        return applied.stream().map(Applied::release).toList();
    }

    @Override
    public void close() {
        if (load != null) load.close();
        process.destroyForcibly();
    }
}
