package dev.attune.simulator.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is still to happen, ordered by time and then by the order of scheduling, so that a run is the same each time.
 * Virtual time is in microseconds and jumps from event to event.
 */
public final class EventHeap {
    private long[] times = new long[256];
    private long[] sequences = new long[256];
    private @Nullable Runnable[] events = new Runnable[256];
    private int size;
    private long now;
    private long sequence;
    private long executed;

    /** Present virtual time in microseconds. */
    public long now() {
        return now;
    }

    /** How many events have run. */
    public long executed() {
        return executed;
    }

    /** Runs {@code event} after {@code delay} microseconds; a negative delay counts as 0. */
    public void after(long delay, Runnable event) {
        if (size == times.length) grow();
        times[size] = now + Math.max(0, delay);
        sequences[size] = sequence++;
        events[size] = event;
        up(size++);
    }

    /** Runs the next event unless it lies beyond {@code until}; returns whether one ran. */
    public boolean step(long until) {
        if (size == 0 || times[0] > until) return false;
        now = times[0];
        Runnable event = events[0];
        size--;
        times[0] = times[size];
        sequences[0] = sequences[size];
        events[0] = events[size];
        events[size] = null;
        if (size > 0) down(0);
        executed++;
        if (event != null) event.run();
        return true;
    }

    private void grow() {
        times = Arrays.copyOf(times, size * 2);
        sequences = Arrays.copyOf(sequences, size * 2);
        events = Arrays.copyOf(events, size * 2);
    }

    private void up(int from) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (!before(at, parent)) return;
            swap(at, parent);
            at = parent;
        }
    }

    private void down(int from) {
        int at = from;
        while (true) {
            int least = 2 * at + 1;
            if (least >= size) return;
            if (least + 1 < size && before(least + 1, least)) least++;
            if (!before(least, at)) return;
            swap(at, least);
            at = least;
        }
    }

    private boolean before(int a, int b) {
        return times[a] != times[b] ? times[a] < times[b] : sequences[a] < sequences[b];
    }

    private void swap(int a, int b) {
        long time = times[a];
        times[a] = times[b];
        times[b] = time;
        long order = sequences[a];
        sequences[a] = sequences[b];
        sequences[b] = order;
        Runnable event = events[a];
        events[a] = events[b];
        events[b] = event;
    }
}
