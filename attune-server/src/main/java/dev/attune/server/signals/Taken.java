package dev.attune.server.signals;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.signal.Admission;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What became of what was sent.
 *
 * @param measurements how many met each fate
 * @param lines how many log lines were counted
 * @param linesRefused how many were not: their time is not now, or nobody is named who wrote them
 */
public record Taken(Map<Admission, Long> measurements, long lines, long linesRefused) {
    /** Nothing was sent. */
    public static final Taken NOTHING = new Taken(Map.of(), 0, 0);

    public Taken {
        EnumMap<Admission, Long> sorted = new EnumMap<>(Admission.class);
        sorted.putAll(measurements);
        measurements = Collections.unmodifiableMap(sorted);
    }

    /** Both together. */
    public Taken plus(Taken other) {
        EnumMap<Admission, Long> sum = new EnumMap<>(Admission.class);
        sum.putAll(measurements);
        other.measurements.forEach((fate, count) -> sum.merge(fate, count, Long::sum));
        return new Taken(sum, lines + other.lines, linesRefused + other.linesRefused);
    }

    /** How many measurements were dropped. */
    public long refused() {
        long refused = 0;
        for (Map.Entry<Admission, Long> each : measurements.entrySet())
            if (each.getKey() != Admission.KEPT && each.getKey() != Admission.DISCOVERED) refused += each.getValue();
        return refused;
    }

    /** Why measurements were dropped, in words; empty when none was. */
    public String why() {
        StringBuilder why = new StringBuilder();
        measurements.forEach((fate, count) -> {
            if (fate == Admission.KEPT || fate == Admission.DISCOVERED || count == 0) return;
            if (!why.isEmpty()) why.append(", ");
            why.append(count)
                    .append(' ')
                    .append(fate.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        });
        return why.toString();
    }

    byte[] encode() {
        Encoder out = new Encoder().varint(lines).varint(linesRefused).varint(measurements.size());
        measurements.forEach((fate, count) -> out.text(fate.name()).varint(count));
        return out.toArray();
    }

    static Taken decode(byte[] encoded) {
        Decoder in = new Decoder(encoded);
        long lines = in.varint();
        long refused = in.varint();
        EnumMap<Admission, Long> fates = new EnumMap<>(Admission.class);
        int count = in.count(2);
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long number = in.varint();
            for (Admission each : Admission.values())
                if (each.name().equals(name)) fates.merge(each, number, Long::sum);
        }
        return new Taken(fates, lines, refused);
    }
}
