package dev.attune.simulator.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All changes of one committed revision within the keys of the run, as exported from the store. */
public record LogEntry(long revision, List<Change> changes) {
    public LogEntry {
        changes = List.copyOf(changes);
    }

    /** One key's change; {@code value} is null for a delete. */
    public record Change(String key, @Nullable String value) {}
}
