package dev.attune.model.session;

import dev.attune.model.Bytes;
import dev.attune.model.kv.Event;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.KvCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * The matching events of one revision, or a fragment of them (W4), as a watcher reads them.
 *
 * @param last false for a fragment that others of the same revision follow
 */
public record WatchBatch(long revision, boolean last, List<Event> events) {
    public WatchBatch {
        events = List.copyOf(events);
    }

    /** Reads revision, last mark, count and that many events. */
    public static WatchBatch read(Bytes encoded) {
        Decoder in = new Decoder(encoded);
        long revision = in.varint();
        boolean last = in.bool();
        int count = in.count(7);
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) events.add(KvCodec.readEvent(in));
        in.expectEnd();
        return new WatchBatch(revision, last, events);
    }
}
