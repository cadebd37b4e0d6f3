package dev.attune.cli.command;

/** Lengths of time as people write them: {@code 30s}, {@code 2m}, {@code 1h}, {@code 1d}. */
final class Spans {
    private static final int DIGITS_MAX = 6;

    private Spans() {}

    /** In seconds. */
    static long seconds(String option, String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') digits++;
        long unit =
                switch (text.substring(digits)) {
                    case "s" -> 1L;
                    case "m" -> 60L;
                    case "h" -> 3_600L;
                    case "d" -> 86_400L;
                    default -> 0L;
                };
        if (unit == 0 || digits == 0 || digits > DIGITS_MAX)
            throw new IllegalArgumentException(option + ": " + text + " (expected: 30s, 2m, 1h or 1d)");
        return Long.parseLong(text.substring(0, digits)) * unit;
    }
}
