package dev.attune.e2e.edge;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what real processes do in their own time. */
final class Waiting {
    private Waiting() {}

    static void until(Duration most, String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + most + ": " + what);
            Thread.sleep(20);
        }
    }
}
