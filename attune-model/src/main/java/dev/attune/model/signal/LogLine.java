package dev.attune.model.signal;

import java.util.Locale;

/**
 * One line of an instance's log.
 *
 * @param atMillis when, in milliseconds since 1970 by the sender's clock; 0 for the moment in which it arrives
 * @param level in upper case, one of TRACE, DEBUG, INFO, WARN, ERROR
 * @param text without the level; cut after {@value #TEXT_MAX} characters
 */
public record LogLine(long atMillis, String level, String text) {
    /** Longest text that is looked at. */
    public static final int TEXT_MAX = 16 << 10;

    public LogLine {
        level = level(level);
        if (text.length() > TEXT_MAX) text = text.substring(0, TEXT_MAX);
    }

    /** The level that a word of some logging library means; what is not known is INFO. */
    public static String level(String word) {
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "TRACE", "FINEST", "FINER", "ALL" -> "TRACE";
            case "DEBUG", "FINE", "CONFIG" -> "DEBUG";
            case "WARN", "WARNING" -> "WARN";
            case "ERROR", "SEVERE", "FATAL", "CRITICAL", "ALERT", "EMERGENCY", "PANIC" -> "ERROR";
            default -> "INFO";
        };
    }
}
