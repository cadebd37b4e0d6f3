package dev.attune.client.steps;

import dev.attune.model.kv.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a watch is: behind everything that was handed on, however often its stream was opened. The events of a revision
 * are handed on together, once all of them have come (W2, W4, W5). One thread at a time.
 */
public final class WatchCursor {
    private final List<Event> parts = new ArrayList<>();
    private long next;
    private long partRevision;

    /** @param from the first revision wanted */
    public WatchCursor(long from) {
        next = from;
    }

    /** The revision to open the stream at. */
    public long next() {
        return next;
    }

    /** A stream begins at {@link #next}: of a revision that had not come whole, all comes again. */
    public void opened() {
        parts.clear();
    }

    /** Everything up to {@code revision} has come. A mark may be older than what came before it. */
    public void progressed(long revision) {
        if (revision >= next) next = revision + 1;
    }

    /**
     * Takes events of one revision.
     *
     * @param last whether they are the last of it
     * @return all events of the revision when it is whole; null when more is to come, or it was handed on before
     */
    public @Nullable List<Event> took(long revision, List<Event> events, boolean last) {
        if (revision < next) return null;
        if (partRevision != revision) parts.clear();
        partRevision = revision;
        if (last && parts.isEmpty()) {
            next = revision + 1;
            return events;
        }
        parts.addAll(events);
        if (!last) return null;
        List<Event> whole = List.copyOf(parts);
        parts.clear();
        next = revision + 1;
        return whole;
    }
}
