package dev.attune.store;

import dev.attune.model.Bytes;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Small records kept at revision 0 under numbered slots. Writes are collected and go to the {@link RevisionStore} once
 * per batch, so a record that comes and goes within a batch costs nothing there. One thread.
 */
final class SlotRecords {
    private final int firstSub;
    private final BitSet used = new BitSet();
    private final Map<Integer, @Nullable Bytes> dirty = new LinkedHashMap<>();
    // Invariant: every slot below it is used.
    private int lowestFree;

    SlotRecords(int firstSub) {
        this.firstSub = firstSub;
    }

    /** Stores {@code record} in a free slot and returns the slot. */
    int add(byte[] record) {
        int slot = used.nextClearBit(lowestFree);
        lowestFree = slot + 1;
        used.set(slot);
        set(slot, record);
        return slot;
    }

    void set(int slot, byte[] record) {
        dirty.put(slot, Bytes.wrap(record));
    }

    void remove(int slot) {
        used.clear(slot);
        lowestFree = Math.min(lowestFree, slot);
        dirty.put(slot, null);
    }

    /** Says that the record at {@code sub} was found while opening; returns its slot. */
    int found(int sub) {
        used.set(sub - firstSub);
        return sub - firstSub;
    }

    void flush(RevisionStore revisions) {
        if (dirty.isEmpty()) return;
        dirty.forEach((slot, record) -> revisions.put(0, firstSub + slot, record));
        dirty.clear();
    }

    void clear() {
        used.clear();
        dirty.clear();
        lowestFree = 0;
    }
}
