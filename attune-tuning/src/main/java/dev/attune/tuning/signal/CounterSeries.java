package dev.attune.tuning.signal;

/** Events: how many there were in each step, whether they arrive as totals or as increases. */
final class CounterSeries extends Series {
    private final FloatRing increases = new FloatRing(Steps.FINE_STEPS);
    private final FloatRing tenMinutes = new FloatRing(Steps.TEN_MINUTES);
    private final boolean totals;
    private double total = Double.NaN;

    CounterSeries(SeriesId id, boolean totals) {
        super(id);
        this.totals = totals;
    }

    @Override
    boolean takes(Sample sample) {
        return totals ? sample instanceof Sample.Total : sample instanceof Sample.Increase;
    }

    @Override
    boolean takesOlder() {
        return false;
    }

    @Override
    Admission add(Sample sample, long step, boolean newer) {
        double increase = sample instanceof Sample.Increase delta ? delta.value() : sinceBefore((Sample.Total) sample);
        // The first total of an instance tells nothing: when it began to count is not known.
        if (Double.isNaN(increase)) return Admission.KEPT;
        increases.add(step, (float) increase);
        tenMinutes.add(Math.floorDiv(step, Steps.STEPS_PER_TEN_MINUTES), (float) increase);
        return Admission.KEPT;
    }

    /** After a restart the whole total is new. */
    private double sinceBefore(Sample.Total sample) {
        double before = total;
        total = sample.value();
        if (Double.isNaN(before)) return Double.NaN;
        return total < before ? total : total - before;
    }

    @Override
    boolean observed(long step) {
        return !Float.isNaN(increases.get(step));
    }

    @Override
    double value(long step) {
        return increases.get(step);
    }

    @Override
    double tenMinutes(long at) {
        return tenMinutes.get(at);
    }
}
