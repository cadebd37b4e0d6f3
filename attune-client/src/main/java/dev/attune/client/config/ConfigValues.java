package dev.attune.client.config;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Text ↔ typed values. A value of the wrong form fails with {@code INVALID_ARGUMENT} and is not repeated in full. */
final class ConfigValues {
    private static final int SHOWN_MAX = 40;

    private ConfigValues() {}

    static <T> T parse(String key, String value, String expected, Function<String, T> parser) {
        try {
            return parser.apply(value.trim());
        } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            String shown = value.length() > SHOWN_MAX ? value.substring(0, SHOWN_MAX) + "…" : value;
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, key + ": " + shown + " (expected: " + expected + ")", e);
        }
    }

    static boolean bool(String text) {
        switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1":
                return true;
            case "false", "no", "off", "0":
                return false;
            default:
                throw new IllegalArgumentException("boolean");
        }
    }

    /** {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h}, {@code 7d}, ISO-8601, or a number of milliseconds. */
    static Duration duration(String text) {
        if (text.startsWith("P") || text.startsWith("p") || text.startsWith("-P")) return Duration.parse(text);
        int end = digits(text);
        long number = Long.parseLong(text.substring(0, end));
        switch (text.substring(end).trim().toLowerCase(Locale.ROOT)) {
            case "", "ms":
                return Duration.ofMillis(number);
            case "ns":
                return Duration.ofNanos(number);
            case "us":
                return Duration.ofNanos(Math.multiplyExact(number, 1000L));
            case "s":
                return Duration.ofSeconds(number);
            case "m":
                return Duration.ofMinutes(number);
            case "h":
                return Duration.ofHours(number);
            case "d":
                return Duration.ofDays(number);
            default:
                throw new IllegalArgumentException("unit");
        }
    }

    /** {@code 512}, {@code 64KB}, {@code 64KiB}, {@code 10MB} …; units are powers of 1024. */
    static long size(String text) {
        int end = digits(text);
        long number = Long.parseLong(text.substring(0, end));
        String unit = text.substring(end).trim().toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() || unit.equals("B") ? 0 : "KMGTP".indexOf(unit.charAt(0)) + 1;
        boolean known = unit.length() <= 1
                || unit.substring(1).equals("B")
                || unit.substring(1).equals("IB");
        if (!known || (power == 0 && !unit.isEmpty() && !unit.equals("B"))) throw new IllegalArgumentException("unit");
        return Math.multiplyExact(number, 1L << (10 * power));
    }

    private static int digits(String text) {
        int end = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) end++;
        return end;
    }

    static List<String> list(String text) {
        List<String> all = new ArrayList<>();
        if (text.isBlank()) return all;
        for (String part : text.split(",", -1)) all.add(part.trim());
        return all;
    }
}
