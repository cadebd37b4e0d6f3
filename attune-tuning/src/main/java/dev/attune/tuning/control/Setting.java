package dev.attune.tuning.control;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;

/**
 * A key's value: the text that a file holds, and the number that it stands for.
 *
 * @param text as in the file
 * @param number not a number for words
 */
public record Setting(String text, double number) {
    /** A word, or a number written by a person. */
    public static Setting of(String text) {
        return new Setting(text, parse(text));
    }

    /** A number; whole ones are written without a point. */
    public static Setting of(double number) {
        if (!Double.isFinite(number)) throw new IllegalArgumentException("number: " + number + " (expected: finite)");
        boolean whole = number == StrictMath.rint(number) && Math.abs(number) < 1e15;
        return new Setting(whole ? Long.toString((long) number) : Double.toString(number), number);
    }

    public boolean isNumber() {
        return !Double.isNaN(number);
    }

    /** Whether both mean the same. */
    public boolean sameAs(Setting other) {
        return isNumber() ? number == other.number : text.equals(other.text);
    }

    /** Appends the canonical form. */
    public void write(Encoder out) {
        out.text(text).fixed64(Double.doubleToRawLongBits(number));
    }

    /** Reads what {@link #write} wrote. */
    public static Setting read(Decoder in) {
        return new Setting(in.text(), Double.longBitsToDouble(in.fixed64()));
    }

    private static double parse(String text) {
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? number : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
