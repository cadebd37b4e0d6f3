package dev.attune.tuning.signal;

import com.datadoghq.sketch.ddsketch.DDSketch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is kept of one series: which steps were observed, and how long a value stays valid. */
abstract class Series {
    private static final int GAPS = 5;
    private static final long VALID_MILLIS_MIN = 30_000;
    private static final long VALID_MILLIS_MAX = 300_000;

    final SeriesId id;
    private final long[] gaps = new long[GAPS];
    private int gapCount;
    private long lastAtMillis = Long.MIN_VALUE;
    // The series has no values after this step.
    private long endedStep = Long.MAX_VALUE;

    Series(SeriesId id) {
        this.id = id;
    }

    /** Takes a sample whose time was found acceptable. */
    final Admission accept(Sample sample) {
        if (!takes(sample)) return Admission.KIND;
        if (sample.endsSeries()) {
            end(Steps.at(sample.atMillis()));
            return Admission.KEPT;
        }
        boolean newer = sample.atMillis() > lastAtMillis;
        if (!newer && (!takesOlder() || sample.atMillis() == lastAtMillis)) return Admission.DUPLICATE;
        Admission admission = add(sample, Steps.at(sample.atMillis()), newer);
        if (admission != Admission.KEPT) return admission;
        if (newer) {
            if (lastAtMillis != Long.MIN_VALUE) gaps[gapCount++ % GAPS] = sample.atMillis() - lastAtMillis;
            lastAtMillis = sample.atMillis();
        }
        endedStep = Long.MAX_VALUE;
        return Admission.KEPT;
    }

    abstract boolean takes(Sample sample);

    /** Whether a sample older than the newest still says something. */
    abstract boolean takesOlder();

    abstract Admission add(Sample sample, long step, boolean newer);

    /** Whether something arrived in this step. */
    abstract boolean observed(long step);

    /** The step's contribution to windows: a level, an increase, or how many observations; not a number without one. */
    abstract double value(long step);

    /** The least value within the step. */
    double least(long step) {
        return value(step);
    }

    /** The greatest value within the step. */
    double greatest(long step) {
        return value(step);
    }

    /** As {@link #value} of a coarser step, {@code tenMinutes} counted from the epoch. */
    abstract double tenMinutes(long tenMinutes);

    /** The distribution observed in the step. */
    @Nullable DDSketch sketch(long step) {
        return null;
    }

    /** Ends the series: it has no value after {@code step}. */
    final void end(long step) {
        endedStep = step;
    }

    final boolean endedBy(long step) {
        return step > endedStep;
    }

    final long lastAtMillis() {
        return lastAtMillis;
    }

    /** The usual time between samples: the median of the last few. */
    final long intervalMillis() {
        int known = Math.min(gapCount, GAPS);
        if (known == 0) return Steps.STEP_MILLIS;
        long[] sorted = Arrays.copyOf(gaps, known);
        Arrays.sort(sorted);
        return Math.max(1, sorted[known / 2]);
    }

    /** For how many steps a level stays valid without a new sample (tuning §2.2, staleness). */
    final int validSteps() {
        long millis = Math.min(VALID_MILLIS_MAX, Math.max(VALID_MILLIS_MIN, 3 * intervalMillis()));
        return (int) (millis / Steps.STEP_MILLIS);
    }

    /** The observed share of the steps in {@code first..last}; a series that reports every n steps fills n with one. */
    final double coverage(long first, long last) {
        long steps = last - first + 1;
        long observed = 0;
        for (long step = first; step <= Math.min(last, endedStep); step++) if (observed(step)) observed++;
        double fills = Math.max(1.0, (double) intervalMillis() / Steps.STEP_MILLIS);
        return Math.min(1.0, observed * fills / steps);
    }
}
