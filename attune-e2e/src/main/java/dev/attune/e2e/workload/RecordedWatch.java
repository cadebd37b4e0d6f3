package dev.attune.e2e.workload;

import dev.attune.client.kv.WatchListener;
import dev.attune.model.AttuneException;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import dev.attune.simulator.history.WatchHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what one watch is given. */
final class RecordedWatch implements WatchListener {
    private final int id;
    private final String prefix;
    private final long from;
    private final List<WatchHistory.Delivery> deliveries = new ArrayList<>();
    private long covered;

    RecordedWatch(int id, String prefix, long from) {
        this.id = id;
        this.prefix = prefix;
        this.from = from;
    }

    String prefix() {
        return prefix;
    }

    @Override
    public synchronized void changed(long revision, List<Event> events) {
        List<WatchHistory.Seen> seen = new ArrayList<>();
        for (Event event : events) {
            KeyValue previous = event.previous();
            @Nullable String value = event.isDelete() ? null : event.keyValue().value().toUtf8();
            @Nullable String before = previous == null ? null : previous.value().toUtf8();
            seen.add(new WatchHistory.Seen(event.keyValue().key().toUtf8(), value, event.revision(), true, before));
        }
        deliveries.add(new WatchHistory.Batch(revision, seen));
        covered = Math.max(covered, revision);
    }

    @Override
    public synchronized void progressed(long revision) {
        deliveries.add(new WatchHistory.Progress(revision));
        covered = Math.max(covered, revision);
    }

    @Override
    public synchronized void ended(AttuneException reason, long compactedRevision) {
        deliveries.add(new WatchHistory.Closed(reason.code() + ": " + reason.getMessage(), compactedRevision));
        covered = Long.MAX_VALUE;
    }

    /** The revision up to which everything was delivered. */
    synchronized long covered() {
        return covered;
    }

    synchronized WatchHistory history() {
        return new WatchHistory(id, prefix, from, deliveries);
    }
}
