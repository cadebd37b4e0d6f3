package dev.attune.tuning.decision;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.signal.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a decision may rest on besides the policy and its memory.
 *
 * @param nowMillis when, in milliseconds of the epoch
 * @param elapsedMillis since the tick before
 * @param mode what the policy may do
 * @param current the value in force
 * @param lastGood the last value known to be good; its text is empty when there is none
 * @param acknowledged the share of instances that have the value in force, 0..1
 * @param signals the policy's expressions by their names: {@code metric}, {@code deputy}; {@code when}, {@code clear}, {@code size}
 * @param facts what the guards need to know
 */
public record Tick(
        long nowMillis,
        long elapsedMillis,
        Mode mode,
        Setting current,
        Setting lastGood,
        double acknowledged,
        SortedMap<String, Evaluation> signals,
        GuardFacts facts) {
    /** The signal that tells what the metric was {@link #BEFORE_TICKS} ticks ago; nothing rests on it alone. */
    public static final String BEFORE = "metricBefore";

    /** How far back that is. */
    public static final int BEFORE_TICKS = 2;

    public Tick {
        if (nowMillis < 0 || elapsedMillis < 0)
            throw new IllegalArgumentException("time: " + nowMillis + ", " + elapsedMillis + " (expected: >= 0)");
        signals = Collections.unmodifiableSortedMap(new TreeMap<>(signals));
    }

    /** The first expression without a value, and why; empty when all have one. */
    String missing() {
        for (Map.Entry<String, Evaluation> each : signals.entrySet())
            if (each.getValue().isMissing())
                return each.getKey() + ": " + each.getValue().missing();
        return "";
    }

    double value(String signal) {
        Evaluation evaluation = signals.get(signal);
        return evaluation == null ? Double.NaN : evaluation.value();
    }

    void write(Encoder out) {
        out.varint(nowMillis).varint(elapsedMillis).varint(mode.ordinal());
        current.write(out);
        lastGood.write(out);
        out.fixed64(Double.doubleToRawLongBits(acknowledged)).varint(signals.size());
        signals.forEach((name, evaluation) -> {
            out.text(name)
                    .fixed64(Double.doubleToRawLongBits(evaluation.value()))
                    .text(evaluation.missing());
            out.varint(evaluation.inputs().size());
            for (Evaluation.Input input : evaluation.inputs()) {
                Reading reading = input.reading();
                out.text(input.question()).fixed64(Double.doubleToRawLongBits(reading.value()));
                out.fixed64(Double.doubleToRawLongBits(reading.coverage())).varint(reading.instances());
                out.text(reading.missing());
            }
        });
        facts.write(out);
    }

    static Tick read(Decoder in) {
        long now = in.varint();
        long elapsed = in.varint();
        Mode mode = in.enumValue(Mode.values());
        Setting current = Setting.read(in);
        Setting lastGood = Setting.read(in);
        double acknowledged = Double.longBitsToDouble(in.fixed64());
        SortedMap<String, Evaluation> signals = new TreeMap<>();
        for (int i = in.count(11); i > 0; i--) {
            String name = in.text();
            double value = Double.longBitsToDouble(in.fixed64());
            String missing = in.text();
            List<Evaluation.Input> inputs = new ArrayList<>();
            for (int j = in.count(19); j > 0; j--) {
                String question = in.text();
                double read = Double.longBitsToDouble(in.fixed64());
                double coverage = Double.longBitsToDouble(in.fixed64());
                int instances = in.varint(Integer.MAX_VALUE);
                inputs.add(new Evaluation.Input(question, new Reading(read, coverage, instances, in.text())));
            }
            signals.put(name, new Evaluation(value, missing, inputs));
        }
        return new Tick(now, elapsed, mode, current, lastGood, acknowledged, signals, GuardFacts.read(in));
    }
}
