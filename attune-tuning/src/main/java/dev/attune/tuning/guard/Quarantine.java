package dev.attune.tuning.guard;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.tuning.control.Setting;

/**
 * A value that was tried and rolled back, and with it everything beyond it; barred for ten minutes, twice as long each time
 * it happens again, at most a day (tuning §3.1, guard 12).
 *
 * @param value that was rolled back
 * @param direction in which it was tried: 1 up, -1 down, 0 for words
 * @param untilMillis until when
 * @param times how often it happened
 */
public record Quarantine(Setting value, int direction, long untilMillis, int times) {
    private static final long FIRST_MILLIS = 600_000;
    private static final long LONGEST_MILLIS = 24L * 3_600_000;

    /** The bar after a rollback now, when {@code times} came before. */
    public static Quarantine after(Setting value, Setting from, int times, long nowMillis) {
        int direction = value.isNumber() && from.isNumber() ? (int) Math.signum(value.number() - from.number()) : 0;
        long length = times >= 8 ? LONGEST_MILLIS : Math.min(LONGEST_MILLIS, FIRST_MILLIS << times);
        return new Quarantine(value, direction, nowMillis + length, times + 1);
    }

    /** Whether a value may not be taken now. */
    public boolean bars(Setting to, long nowMillis) {
        if (nowMillis >= untilMillis) return false;
        if (!to.isNumber() || !value.isNumber() || direction == 0) return to.sameAs(value);
        return direction > 0 ? to.number() >= value.number() : to.number() <= value.number();
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        value.write(out);
        out.varint(direction + 1L).varint(untilMillis).varint(times);
    }

    /** Reads what {@link #write} wrote. */
    public static Quarantine read(Decoder in) {
        return new Quarantine(Setting.read(in), in.varint(2) - 1, in.varint(), in.varint(Integer.MAX_VALUE));
    }
}
