package dev.attune.cli.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Points in time as people read them. */
final class Times {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Times() {}

    /** An ISO 8601 time of the API in this place's zone; text that is none stays as it is. */
    static String show(String time) {
        try {
            return FORMAT.format(Instant.parse(time).atZone(ZoneId.systemDefault()));
        } catch (DateTimeParseException e) {
            return time.isEmpty() ? "-" : time;
        }
    }
}
