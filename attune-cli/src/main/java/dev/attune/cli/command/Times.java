package dev.attune.cli.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Points in time as people read them. */
final class Times {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Times() {}

    static String show(long millis) {
        return millis <= 0 ? "-" : FORMAT.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
    }
}
