package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every key with a retained change: by hash for single keys, in order for ranges. Deleted keys are kept apart, so that a
 * range of the newest state costs what is in it, however many keys have come and gone there since the last compaction.
 * It also remembers which keys have something to forget, by the revision that made it so, so that compaction touches
 * only those.
 */
final class KeyIndex {
    private final Map<Bytes, KeyHistory> byKey = new HashMap<>();
    private final NavigableMap<Bytes, KeyHistory> live = new TreeMap<>();
    private final NavigableMap<Bytes, KeyHistory> deleted = new TreeMap<>();
    // Ascending by revision.
    private final ArrayDeque<Superseded> superseded = new ArrayDeque<>();

    @Nullable KeyHistory get(Bytes key) {
        return byKey.get(key);
    }

    /** The histories in {@code range} of keys that live now, by key. */
    Iterable<KeyHistory> live(KeyRange range) {
        if (!range.isSingleKey()) return part(live, range);
        KeyHistory one = byKey.get(range.start());
        return one == null || !one.live() ? Collections.emptyList() : Collections.singletonList(one);
    }

    /** All histories in {@code range}, by key, those of deleted keys included. */
    Iterable<KeyHistory> all(KeyRange range) {
        if (!range.isSingleKey()) return () -> new Merged(part(live, range), part(deleted, range));
        KeyHistory one = byKey.get(range.start());
        return one == null ? Collections.emptyList() : Collections.singletonList(one);
    }

    private static Collection<KeyHistory> part(NavigableMap<Bytes, KeyHistory> of, KeyRange range) {
        Bytes start = range.start();
        if (range.isUnbounded()) return of.tailMap(start, true).values();
        if (start.compareTo(range.end()) >= 0) return Collections.emptyList();
        return of.subMap(start, true, range.end(), false).values();
    }

    /** Adds a change, newer than all before; a delete has version 0. */
    void append(Bytes key, long revision, int sub, long create, long version, long lease) {
        KeyHistory history = byKey.get(key);
        boolean known = history != null;
        boolean lived = history != null && history.live();
        if (history == null) {
            history = new KeyHistory(key);
            byKey.put(key, history);
        }
        history.append(revision, sub, create, version, lease);
        if (!known || lived != history.live()) {
            if (known) ordered(lived).remove(history.key());
            ordered(history.live()).put(history.key(), history);
        }
        if (history.count() > 1 || version == 0) superseded.addLast(new Superseded(revision, history));
    }

    private NavigableMap<Bytes, KeyHistory> ordered(boolean ofLiving) {
        return ofLiving ? live : deleted;
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
            deleted.remove(history.key());
        }
    }

    int size() {
        return byKey.size();
    }

    void clear() {
        byKey.clear();
        live.clear();
        deleted.clear();
        superseded.clear();
    }

    /** Is told the address of each forgotten change. */
    @FunctionalInterface
    interface Dropped {
        void dropped(long revision, int sub);
    }

    /** Two ascending runs of different keys as one. */
    private static final class Merged implements Iterator<KeyHistory> {
        private final Iterator<KeyHistory> left;
        private final Iterator<KeyHistory> right;
        private @Nullable KeyHistory nextLeft;
        private @Nullable KeyHistory nextRight;

        Merged(Collection<KeyHistory> left, Collection<KeyHistory> right) {
            this.left = left.iterator();
            this.right = right.iterator();
            nextLeft = after(this.left);
            nextRight = after(this.right);
        }

        private static @Nullable KeyHistory after(Iterator<KeyHistory> run) {
            return run.hasNext() ? run.next() : null;
        }

        @Override
        public boolean hasNext() {
            return nextLeft != null || nextRight != null;
        }

        @Override
        public KeyHistory next() {
            KeyHistory one = nextLeft;
            KeyHistory other = nextRight;
            if (one != null && (other == null || one.key().compareTo(other.key()) < 0)) {
                nextLeft = after(left);
                return one;
            }
            if (other == null) throw new NoSuchElementException();
            nextRight = after(right);
            return other;
        }
    }

    private record Superseded(long revision, KeyHistory history) {}
}
