package dev.attune.consensus.paxos.core;

import dev.attune.consensus.paxos.message.Entry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Entries of consecutive slots, dropped at the head and put at the tail, with the proposal each was made for. */
final class SlotRing {
    private @Nullable Entry[] entries = new @Nullable Entry[64];
    private long[] proposals = new long[64];
    private long first;
    private long last;

    SlotRing(long first) {
        clear(first);
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    Entry get(long slot) {
        if (slot < first || slot > last)
            throw new IllegalArgumentException("slot: " + slot + " (expected: " + first + ".." + last + ")");
        return Objects.requireNonNull(entries[at(slot)]);
    }

    /** Puts an entry in the place of one, or behind the last. */
    void put(Entry entry, long proposal) {
        long slot = entry.slot();
        if (slot < first || slot > last + 1)
            throw new IllegalArgumentException("slot: " + slot + " (expected: " + first + ".." + (last + 1) + ")");
        if (slot > last && last - first + 1 == entries.length) grow();
        last = Math.max(last, slot);
        entries[at(slot)] = entry;
        proposals[at(slot)] = proposal;
    }

    /** The proposal the slot's entry was made for, and 0 from then on. */
    long takeProposal(long slot) {
        long proposal = proposals[at(slot)];
        proposals[at(slot)] = 0;
        return proposal;
    }

    void dropFirst() {
        entries[at(first)] = null;
        first++;
    }

    /** Forgets all; the next entry goes to {@code next}. */
    void clear(long next) {
        java.util.Arrays.fill(entries, null);
        first = next;
        last = next - 1;
    }

    private int at(long slot) {
        return (int) (slot & (entries.length - 1));
    }

    private void grow() {
        @Nullable Entry[] oldEntries = entries;
        long[] oldProposals = proposals;
        entries = new @Nullable Entry[2 * oldEntries.length];
        proposals = new long[entries.length];
        for (long slot = first; slot <= last; slot++) {
            int from = (int) (slot & (oldEntries.length - 1));
            entries[at(slot)] = oldEntries[from];
            proposals[at(slot)] = oldProposals[from];
        }
    }
}
