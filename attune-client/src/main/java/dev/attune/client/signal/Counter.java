package dev.attune.client.signal;

import dev.attune.model.signal.Measurement;
import java.util.concurrent.atomic.DoubleAdder;

/** Counts events. Safe to share between threads; counting takes no lock. */
public final class Counter {
    private final DoubleAdder total = new DoubleAdder();

    Counter() {}

    /** One event. */
    public void increment() {
        total.add(1);
    }

    /** So many events; negative ones are ignored. */
    public void increment(double events) {
        if (events > 0) total.add(events);
    }

    /** All events so far. */
    public double total() {
        return total.sum();
    }

    Measurement.Value value() {
        return new Measurement.Total(total.sum());
    }
}
