package dev.attune.tuning.signal;

import org.jspecify.annotations.Nullable;

/** A level: of each step its last value, and least, greatest and mean where a step saw several. */
final class GaugeSeries extends Series {
    private final FloatRing last = new FloatRing(Steps.FINE_STEPS);
    private final FloatRing tenMinuteSums = new FloatRing(Steps.TEN_MINUTES);
    private final FloatRing tenMinuteCounts = new FloatRing(Steps.TEN_MINUTES);
    private @Nullable Detail detail;

    GaugeSeries(SeriesId id) {
        super(id);
    }

    /** Of steps with more than one sample. */
    private static final class Detail {
        final FloatRing least = new FloatRing(Steps.FINE_STEPS);
        final FloatRing greatest = new FloatRing(Steps.FINE_STEPS);
        final FloatRing sum = new FloatRing(Steps.FINE_STEPS);
        final FloatRing count = new FloatRing(Steps.FINE_STEPS);
    }

    @Override
    boolean takes(Sample sample) {
        return sample instanceof Sample.Gauge;
    }

    @Override
    boolean takesOlder() {
        return true;
    }

    @Override
    Admission add(Sample sample, long step, boolean newer) {
        float value = (float) ((Sample.Gauge) sample).value();
        float before = last.get(step);
        if (!Float.isNaN(before)) addToDetail(step, before, value);
        if (newer || Float.isNaN(before)) last.set(step, value);
        long tenMinutes = Math.floorDiv(step, Steps.STEPS_PER_TEN_MINUTES);
        tenMinuteSums.add(tenMinutes, value);
        tenMinuteCounts.add(tenMinutes, 1);
        return Admission.KEPT;
    }

    private void addToDetail(long step, float before, float value) {
        Detail d = detail == null ? new Detail() : detail;
        detail = d;
        if (Float.isNaN(d.count.get(step))) {
            d.least.set(step, before);
            d.greatest.set(step, before);
            d.sum.set(step, before);
            d.count.set(step, 1);
        }
        d.least.set(step, Math.min(d.least.get(step), value));
        d.greatest.set(step, Math.max(d.greatest.get(step), value));
        d.sum.add(step, value);
        d.count.add(step, 1);
    }

    @Override
    boolean observed(long step) {
        return !Float.isNaN(last.get(step));
    }

    /** The mean of the step; while nothing new comes, the last value for as long as it is valid. */
    @Override
    double value(long step) {
        long from = held(step);
        if (from == Long.MIN_VALUE) return Double.NaN;
        Detail d = detail;
        if (from != step || d == null || Float.isNaN(d.count.get(step))) return last.get(from);
        return d.sum.get(step) / d.count.get(step);
    }

    double lastValue(long step) {
        long from = held(step);
        return from == Long.MIN_VALUE ? Double.NaN : last.get(from);
    }

    @Override
    double least(long step) {
        Detail d = detail;
        return d == null || Float.isNaN(d.count.get(step)) ? value(step) : d.least.get(step);
    }

    @Override
    double greatest(long step) {
        Detail d = detail;
        return d == null || Float.isNaN(d.count.get(step)) ? value(step) : d.greatest.get(step);
    }

    /** The step whose value is in force in {@code step}; the least long when none is. */
    private long held(long step) {
        if (endedBy(step)) return Long.MIN_VALUE;
        long oldest = step - validSteps();
        for (long at = step; at >= oldest; at--) if (observed(at)) return at;
        return Long.MIN_VALUE;
    }

    @Override
    double tenMinutes(long tenMinutes) {
        return tenMinuteSums.get(tenMinutes) / tenMinuteCounts.get(tenMinutes);
    }
}
