package dev.attune.tuning.signal;

import java.util.Arrays;

/**
 * Values of the newest steps; a step without a value is not a number. Grows from little to its bound as steps are
 * written, so that a series that lives shortly costs little.
 */
final class FloatRing {
    private static final int FIRST_CAPACITY = 32;

    private final int capacityMax;
    private float[] values;
    // Invariant: slots in (newest - values.length, newest] are in the array, all older ones are forgotten or not a
    // number.
    private long newest = Long.MIN_VALUE;
    private long oldest = Long.MAX_VALUE;

    FloatRing(int capacityMax) {
        this.capacityMax = capacityMax;
        this.values = new float[Math.min(FIRST_CAPACITY, capacityMax)];
        Arrays.fill(values, Float.NaN);
    }

    /** The value of a step; not a number when there is none. */
    float get(long step) {
        if (step > newest || newest - step >= values.length || step < oldest) return Float.NaN;
        return values[index(step)];
    }

    /** Sets the value of a step; one that is older than the ring reaches is ignored. */
    void set(long step, float value) {
        if (newest == Long.MIN_VALUE) {
            newest = step;
            oldest = step;
        }
        if (step > newest) moveTo(step);
        if (newest - step >= capacityMax) return;
        if (newest - step >= values.length) grow(newest - step + 1);
        oldest = Math.min(oldest, step);
        values[index(step)] = value;
    }

    /** Adds to the value of a step, which counts as 0 when there is none. */
    void add(long step, float value) {
        float before = get(step);
        set(step, Float.isNaN(before) ? value : before + value);
    }

    private void moveTo(long step) {
        if (step - oldest >= values.length) grow(step - oldest + 1);
        if (step - newest >= values.length) Arrays.fill(values, Float.NaN);
        else for (long between = newest + 1; between <= step; between++) values[index(between)] = Float.NaN;
        newest = step;
        oldest = Math.max(oldest, newest - values.length + 1);
    }

    private void grow(long needed) {
        if (values.length == capacityMax) return;
        long doubled = values.length;
        while (doubled < needed && doubled < capacityMax) doubled *= 2;
        float[] larger = new float[(int) Math.min(doubled, capacityMax)];
        Arrays.fill(larger, Float.NaN);
        long from = Math.max(oldest, newest - values.length + 1);
        for (long step = from; step <= newest; step++)
            larger[(int) Math.floorMod(step, (long) larger.length)] = values[index(step)];
        values = larger;
    }

    private int index(long step) {
        return (int) Math.floorMod(step, (long) values.length);
    }
}
