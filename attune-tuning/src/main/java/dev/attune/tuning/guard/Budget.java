package dev.attune.tuning.guard;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;

/**
 * A bucket of changes that fills evenly over an hour (tuning §3.1, guard 11).
 *
 * @param perHour how many fit, and how many come back in an hour
 * @param tokens how many there are, as of {@code atMillis}
 */
public record Budget(int perHour, double tokens, long atMillis) {
    private static final double HOUR_MILLIS = 3_600_000;

    public Budget {
        if (perHour < 0) throw new IllegalArgumentException("perHour: " + perHour + " (expected: >= 0)");
    }

    /** A full one. */
    public static Budget full(int perHour, long nowMillis) {
        return new Budget(perHour, perHour, nowMillis);
    }

    /** As of now. */
    public Budget at(long nowMillis) {
        double more = Math.max(0, nowMillis - atMillis) / HOUR_MILLIS * perHour;
        return new Budget(perHour, Math.min(perHour, tokens + more), Math.max(atMillis, nowMillis));
    }

    public boolean isEmpty() {
        return tokens < 1;
    }

    /** After one change; may owe one, when the change could not wait. */
    public Budget spend() {
        return new Budget(perHour, Math.max(-1, tokens - 1), atMillis);
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.varint(perHour).fixed64(Double.doubleToRawLongBits(tokens)).varint(atMillis);
    }

    /** Reads what {@link #write} wrote. */
    public static Budget read(Decoder in) {
        return new Budget(in.varint(Integer.MAX_VALUE), Double.longBitsToDouble(in.fixed64()), in.varint());
    }
}
