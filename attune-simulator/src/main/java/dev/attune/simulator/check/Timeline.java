package dev.attune.simulator.check;

import dev.attune.simulator.history.Completion.Observed;
import dev.attune.simulator.history.LogEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The value of every key at every revision of a log. */
final class Timeline {
    private static final Observed ABSENT = new Observed(null, 0);

    private final Map<String, TreeMap<Long, Observed>> keys = new HashMap<>();

    Timeline(List<LogEntry> log) {
        for (LogEntry entry : log) {
            for (LogEntry.Change change : entry.changes()) {
                Observed now = change.value() == null ? ABSENT : new Observed(change.value(), entry.revision());
                keys.computeIfAbsent(change.key(), k -> new TreeMap<>()).put(entry.revision(), now);
            }
        }
    }

    Observed at(String key, long revision) {
        TreeMap<Long, Observed> changes = keys.get(key);
        if (changes == null) return ABSENT;
        Map.Entry<Long, Observed> last = changes.floorEntry(revision);
        return last == null ? ABSENT : last.getValue();
    }
}
