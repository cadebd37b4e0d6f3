package dev.attune.server.signals;

import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import dev.attune.model.signal.SignalCodec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.ArrayList;
import java.util.List;

/** What one sender sent at once. */
public record SignalBatch(SignalSource source, List<Measurement> measurements, List<LogLine> lines) {
    private static final int BATCHES_MAX = 10_000;

    public SignalBatch {
        measurements = List.copyOf(measurements);
        lines = List.copyOf(lines);
    }

    /** About how many bytes it has as a message. */
    public long bytes() {
        long bytes = 200;
        for (Measurement each : measurements) {
            bytes += 100 + 60L * each.labels().size();
            if (each.value() instanceof Measurement.Spread spread) bytes += 16L * spread.values().length;
        }
        for (LogLine each : lines) bytes += 20 + 2L * each.text().length();
        return bytes;
    }

    void write(Encoder out) {
        source.write(out);
        SignalCodec.writeMeasurements(out, measurements);
        SignalCodec.writeLines(out, lines);
    }

    static byte[] encode(List<SignalBatch> batches) {
        Encoder out = new Encoder(4 << 10).varint(batches.size());
        for (SignalBatch each : batches) each.write(out);
        return out.toArray();
    }

    static List<SignalBatch> decode(Decoder in) {
        int count = Math.min(BATCHES_MAX, in.count(8));
        List<SignalBatch> batches = new ArrayList<>(count);
        for (int i = 0; i < count; i++)
            batches.add(new SignalBatch(
                    SignalSource.read(in), SignalCodec.readMeasurements(in), SignalCodec.readLines(in)));
        in.expectEnd();
        return batches;
    }

    /** In parts of at most so many measurements and lines, so that each is a bounded message. */
    static List<SignalBatch> split(List<SignalBatch> batches, int most) {
        List<SignalBatch> parts = new ArrayList<>();
        for (SignalBatch each : batches) {
            int longest = Math.max(each.measurements.size(), each.lines.size());
            for (int from = 0; from == 0 || from < longest; from += most)
                parts.add(new SignalBatch(
                        each.source, part(each.measurements, from, most), part(each.lines, from, most)));
        }
        return parts;
    }

    private static <T> List<T> part(List<T> all, int from, int most) {
        return all.subList(Math.min(from, all.size()), Math.min(all.size(), from + most));
    }
}
