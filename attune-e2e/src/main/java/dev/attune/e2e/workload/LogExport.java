package dev.attune.e2e.workload;

import dev.attune.client.kv.WatchListener;
import dev.attune.model.AttuneException;
import dev.attune.model.kv.Event;
import dev.attune.simulator.history.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Collects history up to a revision; a progress mark says that nothing is missing. */
final class LogExport implements WatchListener {
    private final long head;
    private final List<LogEntry> log = new ArrayList<>();
    private long covered;
    private @Nullable AttuneException failure;

    LogExport(long head) {
        this.head = head;
    }

    @Override
    public synchronized void changed(long revision, List<Event> events) {
        List<LogEntry.Change> changes = new ArrayList<>();
        for (Event event : events) {
            @Nullable String value = event.isDelete() ? null : event.keyValue().value().toUtf8();
            changes.add(new LogEntry.Change(event.keyValue().key().toUtf8(), value));
        }
        log.add(new LogEntry(revision, changes));
        covered = revision;
        notifyAll();
    }

    @Override
    public synchronized void progressed(long revision) {
        covered = revision;
        notifyAll();
    }

    @Override
    public synchronized void ended(AttuneException reason, long compactedRevision) {
        failure = reason;
        notifyAll();
    }

    synchronized List<LogEntry> await(Duration most) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + most.toNanos();
        while (covered < head && failure == null) {
            long left = until - System.nanoTime();
            if (left <= 0) throw new TimeoutException("log export is at " + covered + " (expected: " + head + ")");
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (failure != null) throw failure;
        return List.copyOf(log);
    }
}
