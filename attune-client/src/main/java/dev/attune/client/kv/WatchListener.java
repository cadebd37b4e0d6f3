package dev.attune.client.kv;

import dev.attune.model.AttuneException;
import dev.attune.model.kv.Event;
import java.util.List;

/** Told what happens on a watch, in order, by one thread at a time. An exception from it is logged and ignored. */
@FunctionalInterface
public interface WatchListener {
    /** All matching events of one revision (W4). */
    void changed(long revision, List<Event> events);

    /** Everything up to and including {@code revision} was delivered (W6). */
    default void progressed(long revision) {}

    /**
     * The watch has ended by itself and delivers nothing more.
     *
     * @param compactedRevision when the code is {@code COMPACTED}: the oldest revision that can still be watched from
     */
    default void ended(AttuneException reason, long compactedRevision) {}
}
