package dev.attune.simulator.run;

import dev.attune.simulator.world.SeedResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Runs a range of seeds, each in one thread, several at once. */
public final class Campaign {
    private final LongFunction<SeedResult> simulation;
    private final int threads;
    private final int failuresMax;

    /**
     * @param simulation runs one seed; called from several threads at once
     * @param failuresMax how many failed seeds end the campaign early
     */
    public Campaign(LongFunction<SeedResult> simulation, int threads, int failuresMax) {
        this.simulation = simulation;
        this.threads = threads;
        this.failuresMax = failuresMax;
    }

    /** Runs the seeds {@code first … first + count - 1}; {@code summary} may be read by others meanwhile. */
    public void run(long first, long count, Summary summary) throws InterruptedException {
        AtomicLong next = new AtomicLong(first);
        AtomicBoolean enough = new AtomicBoolean();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(
                    () -> {
                        while (!enough.get()) {
                            long seed = next.getAndIncrement();
                            if (seed >= first + count) return;
                            if (summary.add(simulation.apply(seed)) >= failuresMax) enough.set(true);
                        }
                    },
                    "simulate-" + i);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) worker.join();
    }
}
