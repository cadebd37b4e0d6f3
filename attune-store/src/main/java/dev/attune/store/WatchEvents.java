package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Event;
import dev.attune.model.wire.Encoder;
import dev.attune.model.wire.KvCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The matching events of one revision or, when split, a fragment of them (W4). One instance serves every watcher that
 * sees the same events, so its encoded form is made once. Safe to share between threads.
 */
public final class WatchEvents implements WatchMessage {
    private final long revision;
    private final List<Event> events;
    private final boolean last;
    private volatile @Nullable Bytes encoded;

    /**
     * @param last whether these are the last events of the revision: false for a fragment that others follow
     */
    public WatchEvents(long revision, List<Event> events, boolean last) {
        this.revision = revision;
        this.events = List.copyOf(events);
        this.last = last;
    }

    public long revision() {
        return revision;
    }

    public List<Event> events() {
        return events;
    }

    public boolean last() {
        return last;
    }

    /** Revision, last mark, count, then each event as {@link KvCodec} writes it; made at most once in most cases. */
    public Bytes encoded() {
        Bytes bytes = encoded;
        if (bytes == null) {
            Encoder out = new Encoder(64);
            out.varint(revision).bool(last).varint(events.size());
            for (Event event : events) KvCodec.write(out, event);
            bytes = out.toBytes();
            encoded = bytes;
        }
        return bytes;
    }
}
