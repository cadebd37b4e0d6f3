package dev.attune.tuning.signal;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.CubicallyInterpolatedMapping;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import org.jspecify.annotations.Nullable;

/**
 * Distributions as DDSketches with a relative error of 1 % (Masson, Rim, Lee: DDSketch, VLDB 2019; tuning §2.2). At most
 * {@value #BINS_MAX} bins each: what does not fit is counted into the lowest, so high quantiles stay exact.
 */
final class DistributionSeries extends Series {
    static final double RELATIVE_ERROR = 0.01;
    static final int BINS_MAX = 512;

    private final SketchRing fine = new SketchRing(Steps.SKETCH_STEPS);
    private final SketchRing minutes = new SketchRing(Steps.MINUTES);
    private static final double[] NOTHING = {};

    private double[] values = {};
    private double[] counts = {};

    DistributionSeries(SeriesId id) {
        super(id);
    }

    /** The newest steps' sketches. */
    private static final class SketchRing {
        private final @Nullable DDSketch[] sketches;
        private final long[] steps;

        SketchRing(int size) {
            sketches = new DDSketch[size];
            steps = new long[size];
        }

        @Nullable DDSketch get(long step) {
            int index = (int) Math.floorMod(step, (long) steps.length);
            return steps[index] == step ? sketches[index] : null;
        }

        DDSketch at(long step) {
            int index = (int) Math.floorMod(step, (long) steps.length);
            DDSketch sketch = sketches[index];
            if (sketch == null || steps[index] != step) {
                sketch = empty();
                sketches[index] = sketch;
                steps[index] = step;
            }
            return sketch;
        }
    }

    static DDSketch empty() {
        return new DDSketch(
                new CubicallyInterpolatedMapping(RELATIVE_ERROR), () -> new CollapsingLowestDenseStore(BINS_MAX));
    }

    @Override
    boolean takes(Sample sample) {
        return sample instanceof Sample.Distribution;
    }

    @Override
    boolean takesOlder() {
        return false;
    }

    @Override
    Admission add(Sample sample, long step, boolean newer) {
        Sample.Distribution distribution = (Sample.Distribution) sample;
        double[] added = distribution.counts();
        if (distribution.cumulative()) {
            double[] since = sinceBefore(values, counts, distribution.values(), added);
            values = distribution.values();
            counts = added;
            if (since.length != added.length) return Admission.KEPT;
            added = since;
        }
        DDSketch sketch = fine.at(step);
        DDSketch minute = minutes.at(Math.floorDiv(step, Steps.STEPS_PER_MINUTE));
        for (int i = 0; i < added.length; i++) {
            if (added[i] <= 0) continue;
            sketch.accept(distribution.values()[i], added[i]);
            minute.accept(distribution.values()[i], added[i]);
        }
        return Admission.KEPT;
    }

    /**
     * What came since, by value: a value that is new had none before. Nothing at all when values that had some are gone,
     * since then the buckets are others; the whole after a restart.
     */
    private static double[] sinceBefore(double[] values, double[] before, double[] newValues, double[] after) {
        double[] difference = after.clone();
        if (values.length == 0) return NOTHING;
        int j = 0;
        for (int i = 0; i < values.length; i++) {
            while (j < newValues.length && newValues[j] < values[i]) j++;
            boolean same = j < newValues.length && newValues[j] == values[i];
            if (!same && before[i] > 0) return NOTHING;
            if (!same) continue;
            difference[j] = after[j] - before[i];
            if (difference[j] < 0) return after.clone();
        }
        return difference;
    }

    @Override
    boolean observed(long step) {
        return sketch(step) != null;
    }

    @Override
    double value(long step) {
        DDSketch sketch = sketch(step);
        return sketch == null ? Double.NaN : sketch.getCount();
    }

    @Override
    double tenMinutes(long tenMinutes) {
        double sum = 0;
        double count = 0;
        for (long minute = tenMinutes * 10; minute < tenMinutes * 10 + 10; minute++) {
            DDSketch sketch = minutes.get(minute);
            if (sketch == null || sketch.isEmpty()) continue;
            sum += sketch.getSum();
            count += sketch.getCount();
        }
        return count == 0 ? Double.NaN : sum / count;
    }

    @Override
    @Nullable DDSketch sketch(long step) {
        return fine.get(step);
    }

    @Nullable DDSketch minute(long minute) {
        return minutes.get(minute);
    }
}
