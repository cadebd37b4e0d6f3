package dev.attune.examples.orders;

import dev.attune.spring.live.Live;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Service;

/**
 * Packs parcels: each keeps a worker for a while, and waits for one in a short queue. How many workers there are is
 * configuration, read at each parcel, so a new value holds at once.
 */
@Service
final class Packing {
    private static final long PACKED_MILLIS = 100;

    private final Live<Bench> bench;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition free = lock.newCondition();
    private final Counter packed;
    private final Counter refused;
    // Under the lock.
    private int busy;
    private int waiting;

    Packing(Live<Bench> bench, MeterRegistry meters) {
        this.bench = bench;
        packed = meters.counter("packing.parcels");
        refused = meters.counter("packing.refused");
        Gauge.builder("packing.workers", bench, now -> now.get().workers()).register(meters);
    }

    /** Packs one; false when too many wait already. */
    boolean pack() throws InterruptedException {
        if (!begin()) {
            refused.increment();
            return false;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(PACKED_MILLIS);
            packed.increment();
            return true;
        } finally {
            lock.lock();
            try {
                busy--;
                free.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean begin() throws InterruptedException {
        lock.lock();
        try {
            if (busy >= bench.get().workers() && waiting >= bench.get().queue()) return false;
            waiting++;
            try {
                // Looks again now and then, as workers may be added without one becoming free.
                while (busy >= bench.get().workers()) free.await(PACKED_MILLIS, TimeUnit.MILLISECONDS);
            } finally {
                waiting--;
            }
            busy++;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
