package dev.attune.model.signal;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Bytes ↔ measurements and log lines. Wire-stable: numbers are only ever added. */
public final class SignalCodec {
    /** Most measurements at once, and most lines. */
    public static final int COUNT_MAX = 10_000;

    private static final int LABELS_MAX = 256;
    private static final int LEVEL = 1;
    private static final int TOTAL = 2;
    private static final int INCREASE = 3;
    private static final int SPREAD = 4;

    private SignalCodec() {}

    /** Writes measurements. */
    public static void writeMeasurements(Encoder out, List<Measurement> measurements) {
        out.varint(measurements.size());
        for (Measurement each : measurements) {
            out.text(each.name()).varint(each.atMillis());
            writeLabels(out, each.labels());
            writeValue(out, each.value());
        }
    }

    /** Reads what {@link #writeMeasurements} wrote. */
    public static List<Measurement> readMeasurements(Decoder in) {
        int count = count(in, 12, COUNT_MAX);
        List<Measurement> measurements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long at = in.varint();
            measurements.add(new Measurement(name, readLabels(in), at, readValue(in)));
        }
        return measurements;
    }

    /** Writes log lines. */
    public static void writeLines(Encoder out, List<LogLine> lines) {
        out.varint(lines.size());
        for (LogLine each : lines)
            out.varint(each.atMillis()).text(each.level()).text(each.text());
    }

    /** Reads what {@link #writeLines} wrote. */
    public static List<LogLine> readLines(Decoder in) {
        int count = count(in, 3, COUNT_MAX);
        List<LogLine> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) lines.add(new LogLine(in.varint(), in.text(), in.text()));
        return lines;
    }

    /** Writes texts by name. */
    public static void writeLabels(Encoder out, Map<String, String> labels) {
        out.varint(labels.size());
        labels.forEach((name, value) -> out.text(name).text(value));
    }

    /** Reads what {@link #writeLabels} wrote. */
    public static SortedMap<String, String> readLabels(Decoder in) {
        int count = count(in, 2, LABELS_MAX);
        SortedMap<String, String> labels = new TreeMap<>();
        for (int i = 0; i < count; i++) labels.put(in.text(), in.text());
        return labels;
    }

    private static int count(Decoder in, int bytesEach, int max) {
        int count = in.count(bytesEach);
        if (count > max) throw new MalformedException("count: " + count + " (expected: <= " + max + ")");
        return count;
    }

    private static void writeValue(Encoder out, Measurement.Value value) {
        if (value instanceof Measurement.Level level) {
            number(out.byteValue(LEVEL), level.value());
        } else if (value instanceof Measurement.Total total) {
            number(out.byteValue(TOTAL), total.value());
        } else if (value instanceof Measurement.Increase increase) {
            number(out.byteValue(INCREASE), increase.value());
        } else if (value instanceof Measurement.Spread spread) {
            out.byteValue(SPREAD).bool(spread.cumulative()).varint(spread.values().length);
            double[] values = spread.values();
            double[] counts = spread.counts();
            for (int i = 0; i < values.length; i++) number(number(out, values[i]), counts[i]);
        }
    }

    private static Measurement.Value readValue(Decoder in) {
        int kind = in.byteValue();
        switch (kind) {
            case LEVEL:
                return new Measurement.Level(number(in));
            case TOTAL:
                return new Measurement.Total(number(in));
            case INCREASE:
                return new Measurement.Increase(number(in));
            case SPREAD:
                boolean cumulative = in.bool();
                int count = count(in, 16, Measurement.Spread.VALUES_MAX);
                double[] values = new double[count];
                double[] counts = new double[count];
                for (int i = 0; i < count; i++) {
                    values[i] = number(in);
                    counts[i] = number(in);
                }
                return new Measurement.Spread(values, counts, cumulative);
            default:
                throw new MalformedException("value kind: " + kind + " (expected: 1..4)");
        }
    }

    private static Encoder number(Encoder out, double value) {
        return out.fixed64(Double.doubleToRawLongBits(value));
    }

    private static double number(Decoder in) {
        return Double.longBitsToDouble(in.fixed64());
    }
}
