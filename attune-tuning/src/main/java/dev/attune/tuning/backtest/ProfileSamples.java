package dev.attune.tuning.backtest;

import dev.attune.tuning.control.Model;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of how a metric answers to a key: the values that the key had, on all instances or on some, and what was
 * measured meanwhile (tuning §3.3). Windows that reach into another value, or into the time in which a change settles, are
 * left out.
 */
public final class ProfileSamples {
    /** Windows at a value that are needed for it to count. */
    public static final int WINDOWS_MIN = 3;

    private static final int WINDOWS_MAX = 120;

    private ProfileSamples() {}

    /**
     * A value that the key had.
     *
     * @param fromMillis since when
     * @param toMillis until when
     * @param instances that had it; empty for all
     */
    public record Held(double value, long fromMillis, long toMillis, List<String> instances) {
        public Held {
            instances = List.copyOf(instances);
        }

        /** A value that all instances had. */
        public Held(double value, long fromMillis, long toMillis) {
            this(value, fromMillis, toMillis, List.of());
        }
    }

    /**
     * What was measured at each value that was held for long enough.
     *
     * @param windowMillis how far apart the windows are taken
     */
    public static List<Model.Sample> samples(
            Expression metric, SignalQuery query, Facts facts, List<Held> held, long windowMillis) {
        Map<Double, List<Double>> byValue = new TreeMap<>();
        // A window ends up to two steps before it is asked for.
        long settle = Math.max(windowMillis, metric.longestWindowMillis()) + 2 * Steps.STEP_MILLIS;
        for (Held each : held) {
            List<Double> values = byValue.computeIfAbsent(each.value(), none -> new ArrayList<>());
            // The newest first, as the buffer reaches back only so far.
            for (long at = each.toMillis(); at - settle >= each.fromMillis(); at -= windowMillis) {
                if (values.size() >= WINDOWS_MAX) break;
                double value = value(metric, query.at(at), facts, each.instances());
                if (!Double.isNaN(value)) values.add(value);
            }
        }
        List<Model.Sample> samples = new ArrayList<>();
        byValue.forEach((value, measured) -> {
            if (measured.size() >= WINDOWS_MIN)
                samples.add(new Model.Sample(
                        value,
                        measured.stream().mapToDouble(Double::doubleValue).toArray()));
        });
        return samples;
    }

    /** The mean of what the instances measure; not a number when one of them says nothing. */
    private static double value(Expression metric, SignalQuery query, Facts facts, List<String> instances) {
        if (instances.isEmpty()) return value(metric.evaluate(query, facts));
        double sum = 0;
        for (String each : instances) sum += value(metric.evaluate(query.onInstance(each), facts));
        return sum / instances.size();
    }

    private static double value(Evaluation evaluation) {
        return evaluation.isMissing() ? Double.NaN : evaluation.value();
    }
}
