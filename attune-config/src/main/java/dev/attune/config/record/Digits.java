package dev.attune.config.record;

/** Numbers in keys: as many digits for each, so that keys sort as numbers do. */
public final class Digits {
    private Digits() {}

    /**
     * A number with leading zeros.
     *
     * @param number 0 or more
     * @param length how many digits; a longer number keeps all of its own
     */
    public static String padded(long number, int length) {
        if (number < 0) throw new IllegalArgumentException("number: " + number + " (expected: >= 0)");
        String digits = Long.toString(number);
        return digits.length() >= length ? digits : "0".repeat(length - digits.length()) + digits;
    }
}
