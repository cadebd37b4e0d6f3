package dev.attune.store;

import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What some watchers see alike: a range, filters and form. Its messages are made once for all of them. */
final class WatchView {
    private final Key key;
    // In no order; a watcher knows its place.
    private final List<Watcher> synced = new ArrayList<>(1);
    private int watchers;
    // The events of the revision being dispatched.
    private List<Event> matched = new ArrayList<>(1);

    WatchView(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    List<Watcher> synced() {
        return synced;
    }

    /** Counts a watcher in (1) or out (-1) and returns how many there are. */
    int count(int delta) {
        watchers += delta;
        return watchers;
    }

    void addSynced(Watcher watcher) {
        watcher.place = synced.size();
        synced.add(watcher);
    }

    void removeSynced(Watcher watcher) {
        Watcher last = synced.remove(synced.size() - 1);
        if (last == watcher) return;
        synced.set(watcher.place, last);
        last.place = watcher.place;
    }

    /** Whether the kind of {@code change} is wanted; its key is in the range. */
    boolean wants(KeyValue change) {
        return change.isDeleted() ? key.deletes() : key.puts();
    }

    /** Notes an event of the revision being dispatched; returns whether it is the first. */
    boolean match(Event event) {
        matched.add(event);
        return matched.size() == 1;
    }

    List<Event> takeMatched() {
        List<Event> taken = matched;
        matched = new ArrayList<>(1);
        return taken;
    }

    /** The messages for the events of one revision: one, or several when they are to be split (W4). */
    List<WatchEvents> messages(long revision, List<Event> events) {
        int most = key.fragmentBytesMax();
        if (most <= 0 || events.size() == 1) return List.of(new WatchEvents(revision, events, true));
        List<WatchEvents> fragments = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            long size = size(events.get(i));
            if (i > from && bytes + size > most) {
                fragments.add(new WatchEvents(revision, events.subList(from, i), false));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        fragments.add(new WatchEvents(revision, events.subList(from, events.size()), true));
        return fragments;
    }

    private static long size(Event event) {
        return 32L + size(event.keyValue()) + size(event.previous());
    }

    private static long size(@Nullable KeyValue kv) {
        return kv == null ? 0 : (long) kv.key().size() + kv.value().size();
    }

    /** What makes two watchers see alike. */
    record Key(KeyRange range, boolean previous, boolean puts, boolean deletes, int fragmentBytesMax) {
        static Key of(WatchSpec spec) {
            return new Key(spec.range(), spec.previous(), spec.puts(), spec.deletes(), spec.fragmentBytesMax());
        }
    }
}
