package dev.attune.server.signals;

import dev.attune.model.signal.SignalCodec;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where signals come from, as far as the receiving node knows. That the caller may speak for the application was
 * checked there.
 *
 * @param instance the id that the sender names itself by; empty when it names none
 * @param attributes by which it may be recognised when no instance has that id, such as {@code host.name}
 * @param door the way it came: {@code sdk}, {@code otlp}, {@code jsonl} or {@code scrape}
 */
public record SignalSource(SignalScope scope, String instance, SortedMap<String, String> attributes, String door) {
    /** Most attributes that are looked at. */
    public static final int ATTRIBUTES_MAX = 32;

    private static final int LENGTH_MAX = 256;

    public SignalSource {
        SortedMap<String, String> kept = new TreeMap<>();
        for (Map.Entry<String, String> each : attributes.entrySet())
            if (kept.size() < ATTRIBUTES_MAX
                    && each.getKey().length() <= LENGTH_MAX
                    && each.getValue().length() <= LENGTH_MAX) kept.put(each.getKey(), each.getValue());
        attributes = Collections.unmodifiableSortedMap(kept);
    }

    void write(Encoder out) {
        out.text(scope.environment()).text(scope.application()).text(instance);
        SignalCodec.writeLabels(out, attributes);
        out.text(door);
    }

    static SignalSource read(Decoder in) {
        return new SignalSource(
                new SignalScope(in.text(), in.text()), in.text(), SignalCodec.readLabels(in), in.text());
    }
}
