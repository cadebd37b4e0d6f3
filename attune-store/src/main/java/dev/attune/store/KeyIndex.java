package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every key with a retained change: by hash for single keys, in order for ranges. It also remembers which keys have
 * something to forget, by the revision that made it so, so that compaction touches only those.
 */
final class KeyIndex {
    private final Map<Bytes, KeyHistory> byKey = new HashMap<>();
    private final TreeMap<Bytes, KeyHistory> ordered = new TreeMap<>();
    // Ascending by revision.
    private final ArrayDeque<Superseded> superseded = new ArrayDeque<>();

    @Nullable KeyHistory get(Bytes key) {
        return byKey.get(key);
    }

    /** The histories in {@code range}, by key, those of deleted keys included. */
    Collection<KeyHistory> in(KeyRange range) {
        Bytes start = range.start();
        if (range.isSingleKey()) {
            KeyHistory one = byKey.get(start);
            return one == null ? Collections.emptyList() : Collections.singletonList(one);
        }
        if (range.isUnbounded()) return ordered.tailMap(start, true).values();
        if (start.compareTo(range.end()) >= 0) return Collections.emptyList();
        return ordered.subMap(start, true, range.end(), false).values();
    }

    /** Adds a change, newer than all before; a delete has version 0. */
    void append(Bytes key, long revision, int sub, long create, long version, long lease) {
        KeyHistory history = byKey.get(key);
        if (history == null) {
            history = new KeyHistory(key);
            byKey.put(key, history);
            ordered.put(key, history);
        }
        history.append(revision, sub, create, version, lease);
        if (history.count() > 1 || version == 0) superseded.addLast(new Superseded(revision, history));
    }

    /** Forgets what nobody may ask for any more; {@code dropped} is told each entry before it goes. */
    void compact(long compacted, Dropped dropped) {
        ArrayDeque<Superseded> again = new ArrayDeque<>();
        while (!superseded.isEmpty() && superseded.getFirst().revision() <= compacted) {
            Superseded next = superseded.removeFirst();
            prune(next.history(), compacted, dropped);
            // What changed at the compacted revision itself stays until the next compaction.
            if (next.revision() == compacted) again.addLast(next);
        }
        while (!again.isEmpty()) superseded.addFirst(again.removeLast());
    }

    private void prune(KeyHistory history, long compacted, Dropped dropped) {
        int entries = history.droppable(compacted);
        for (int i = 0; i < entries; i++) dropped.dropped(history.revisionAt(i), history.subAt(i));
        history.dropOldest(entries);
        if (history.count() == 0 && byKey.get(history.key()) == history) {
            byKey.remove(history.key());
            ordered.remove(history.key());
        }
    }

    int size() {
        return byKey.size();
    }

    void clear() {
        byKey.clear();
        ordered.clear();
        superseded.clear();
    }

    /** Is told the address of each forgotten change. */
    @FunctionalInterface
    interface Dropped {
        void dropped(long revision, int sub);
    }

    private record Superseded(long revision, KeyHistory history) {}
}
