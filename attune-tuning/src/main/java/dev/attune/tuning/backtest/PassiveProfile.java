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
 * Learns how a metric answers to a key from the values that the key had and what was measured meanwhile (tuning §3.3, the
 * passive alternative). Windows that reach into another value, or into the time in which a change settles, are left out.
 */
public final class PassiveProfile {
    /** Windows at a value that are needed for it to count. */
    public static final int WINDOWS_MIN = 3;

    private static final int WINDOWS_MAX = 120;

    private PassiveProfile() {}

    /**
     * A value that the key had.
     *
     * @param fromMillis since when
     * @param toMillis until when
     */
    public record Held(double value, long fromMillis, long toMillis) {}

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
                Evaluation evaluation = metric.evaluate(query.at(at), facts);
                if (!evaluation.isMissing()) values.add(evaluation.value());
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
}
