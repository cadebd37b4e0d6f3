package dev.attune.e2e.guarded;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How busy the machine was, whoever made it so: its load average, looked at every 30 s until this is closed. */
final class LoadAverages implements AutoCloseable {
    private final List<Double> seen = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "load-averages");
        thread.setDaemon(true);
        return thread;
    });

    LoadAverages() {
        var looks = timer.scheduleAtFixedRate(this::look, 0, 30, TimeUnit.SECONDS);
        if (looks.isCancelled()) throw new IllegalStateException("nobody looks at the load average");
    }

    private synchronized void look() {
        seen.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** From the least to the greatest. */
    synchronized List<Double> seen() {
        return seen.stream().sorted().toList();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
