package dev.attune.server.lane;

import dev.attune.model.kv.Event;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchMessage;
import dev.attune.store.WatchSink;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * Between the hub's thread and a follower's lane: bounded by bytes, so a follower that lags holds the watch back
 * instead of memory. The hub's thread offers; the lane handles and says when it is done.
 */
public final class WatchInbox implements WatchSink {
    private static final long BYTES_MAX = 8 << 20;
    private static final int EVENT_BYTES = 64;

    private final Lane lane;
    private final BiConsumer<WatchInbox, WatchMessage> handler;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicBoolean refused = new AtomicBoolean();
    private final AtomicReference<Keyspace.Watch> watch = new AtomicReference<>();

    public WatchInbox(Lane lane, BiConsumer<WatchInbox, WatchMessage> handler) {
        this.lane = lane;
        this.handler = handler;
    }

    /** Sets the watch that feeds this, once. */
    public void fedBy(Keyspace.Watch source) {
        watch.set(source);
        resumeIfRefused();
    }

    @Override
    public boolean offer(WatchMessage message) {
        if (waiting.get() >= BYTES_MAX) {
            refused.set(true);
            // The lane may have emptied the inbox between the look and the mark; then nobody would resume.
            if (waiting.get() >= BYTES_MAX) return false;
        }
        long size = size(message);
        waiting.addAndGet(size);
        lane.execute(() -> {
            try {
                handler.accept(this, message);
            } finally {
                if (waiting.addAndGet(-size) < BYTES_MAX / 2) resumeIfRefused();
            }
        });
        return true;
    }

    private void resumeIfRefused() {
        Keyspace.Watch source = watch.get();
        if (source != null && refused.compareAndSet(true, false)) source.resume();
    }

    private static long size(WatchMessage message) {
        if (!(message instanceof WatchEvents events)) return EVENT_BYTES;
        long size = EVENT_BYTES;
        for (Event event : events.events())
            size += EVENT_BYTES + event.keyValue().value().size();
        return size;
    }
}
