package dev.attune.server.signals;

/**
 * What is known of one sender.
 *
 * @param door the way it comes: {@code sdk}, {@code otlp}, {@code jsonl} or {@code scrape}
 * @param instance the connected instance it is, or the id it names itself by
 * @param joined whether a connected instance was found for it; only such signals count in windows
 * @param lastMillis when it was heard last
 * @param measurements how many were taken
 * @param lines how many log lines were counted
 * @param refused how many measurements and lines were dropped
 * @param why what the last drops were for; empty when there were none
 */
public record SourceSeen(
        String door,
        String instance,
        boolean joined,
        long lastMillis,
        long measurements,
        long lines,
        long refused,
        String why) {
    SourceSeen and(boolean nowJoined, long nowMillis, Taken taken) {
        long dropped = taken.refused();
        return new SourceSeen(
                door,
                instance,
                nowJoined,
                nowMillis,
                measurements
                        + taken.measurements().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        - dropped,
                lines + taken.lines(),
                refused + dropped + taken.linesRefused(),
                dropped > 0 ? taken.why() : why);
    }
}
