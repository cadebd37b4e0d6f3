package dev.attune.simulator.check;

import dev.attune.simulator.check.Violation.Kind;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.history.WatchHistory;
import dev.attune.simulator.history.WatchHistory.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Checker C: what a watcher was given must be exactly the log's matching events from its start revision on, each
 * revision in one callback, with progress marks that promise nothing undelivered.
 */
public final class WatchChecker {
    private final WatchHistory watch;
    private final Timeline timeline;
    private final NavigableMap<Long, Map<String, LogEntry.Change>> expected = new TreeMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private WatchHistory.Batch last = new WatchHistory.Batch(0, List.of());
    private long delivered;
    private long covered;

    private WatchChecker(WatchHistory watch, List<LogEntry> log, Timeline timeline) {
        this.watch = watch;
        this.timeline = timeline;
        this.delivered = watch.from() - 1;
        this.covered = delivered;
        for (LogEntry entry : log) {
            for (LogEntry.Change change : entry.changes()) {
                if (entry.revision() >= watch.from() && change.key().startsWith(watch.prefix()))
                    expected.computeIfAbsent(entry.revision(), r -> new HashMap<>())
                            .put(change.key(), change);
            }
        }
    }

    /**
     * Judges watches against the log.
     *
     * @param head the revision every watch that did not end by itself must have reached (W11); 0 to not ask for that
     */
    public static List<Violation> check(List<WatchHistory> watches, List<LogEntry> log, long head) {
        Timeline timeline = new Timeline(log);
        List<Violation> all = new ArrayList<>();
        for (WatchHistory watch : watches) all.addAll(new WatchChecker(watch, log, timeline).run(head));
        return List.copyOf(all);
    }

    private List<Violation> run(long head) {
        boolean closed = false;
        for (WatchHistory.Delivery delivery : watch.deliveries()) {
            if (closed) report(Kind.WATCH_DISORDER, "delivered after its end: " + delivery);
            if (delivery instanceof WatchHistory.Batch batch) batch(batch);
            else if (delivery instanceof WatchHistory.Progress progress) progress(progress.revision());
            else closed = true;
        }
        if (!closed && head > covered) {
            NavigableMap<Long, ?> missing = expected.subMap(covered, false, head, true);
            if (!missing.isEmpty())
                report(
                        Kind.WATCH_BEHIND,
                        missing.size() + " revisions up to " + head + " not delivered; at " + covered);
        }
        return violations;
    }

    private void batch(WatchHistory.Batch batch) {
        long revision = batch.revision();
        if (revision < watch.from()) {
            report(Kind.WATCH_OUTSIDE, "revision " + revision + " is before the start " + watch.from());
            return;
        }
        if (revision == delivered) {
            boolean anew = batch.events().stream().allMatch(event -> !repeated(event));
            report(anew ? Kind.WATCH_SPLIT : Kind.WATCH_DUPLICATE, "revision " + revision + " a second time");
            return;
        }
        if (revision < delivered) {
            report(
                    seen.contains(revision) ? Kind.WATCH_DUPLICATE : Kind.WATCH_DISORDER,
                    revision + " after " + delivered);
            return;
        }
        if (revision <= covered) report(Kind.WATCH_PROGRESS, "revision " + revision + " after a mark at " + covered);
        requireNothingBetween(revision);
        events(batch);
        delivered = revision;
        covered = Math.max(covered, revision);
        last = batch;
        seen.add(revision);
    }

    private boolean repeated(Seen event) {
        return last.events().stream().anyMatch(before -> before.key().equals(event.key()));
    }

    private void requireNothingBetween(long revision) {
        NavigableMap<Long, ?> skipped = expected.subMap(covered, false, revision, false);
        if (!skipped.isEmpty())
            report(Kind.WATCH_GAP, "revisions " + skipped.keySet() + " are missing before " + revision);
    }

    private void events(WatchHistory.Batch batch) {
        Map<String, LogEntry.Change> left = new HashMap<>(expected.getOrDefault(batch.revision(), Map.of()));
        for (Seen event : batch.events()) {
            if (!event.key().startsWith(watch.prefix())) {
                report(Kind.WATCH_OUTSIDE, "not under " + watch.prefix() + ": " + event);
                continue;
            }
            LogEntry.Change change = left.remove(event.key());
            if (change == null) report(Kind.WATCH_UNCOMMITTED, "not in the log: " + event);
            else compare(event, change, batch.revision());
        }
        if (!left.isEmpty()) {
            boolean comesLater = watch.deliveries().stream()
                    .anyMatch(d -> d != batch
                            && d instanceof WatchHistory.Batch other
                            && other.revision() == batch.revision());
            if (!comesLater) report(Kind.WATCH_GAP, "revision " + batch.revision() + " lacks " + left.keySet());
        }
    }

    private void compare(Seen event, LogEntry.Change change, long revision) {
        if (event.revision() != revision || !Objects.equals(event.value(), change.value()))
            report(Kind.WATCH_WRONG, "the log has " + change + " at " + revision + ": " + event);
        if (!event.previousAsked()) return;
        String previous = timeline.at(event.key(), revision - 1).value();
        if (!Objects.equals(previous, event.previous()))
            report(Kind.WATCH_WRONG, "was " + previous + " before: " + event);
    }

    private void progress(long revision) {
        if (revision < covered) {
            if (revision < delivered || revision < watch.from() - 1)
                report(Kind.WATCH_PROGRESS, "mark " + revision + " after " + covered);
            return;
        }
        NavigableMap<Long, ?> skipped = expected.subMap(covered, false, revision, true);
        if (!skipped.isEmpty())
            report(Kind.WATCH_PROGRESS, "mark " + revision + " although undelivered: " + skipped.keySet());
        covered = revision;
    }

    private void report(Kind kind, String detail) {
        violations.add(new Violation(kind, "watch " + watch.id() + ": " + detail));
    }
}
