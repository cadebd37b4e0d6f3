package dev.attune.store;

import dev.attune.model.kv.KeyValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the newest revisions, bounded in bytes, so that live watches do not read them back. The revisions held
 * are contiguous and end at the newest.
 */
final class RecentRevisions {
    private static final int CHANGE_BYTES = 120;

    private final long bytesMax;
    // A ring: the revision first + i lies at (head + i) modulo the length, a power of two.
    private @Nullable RevisionChanges[] ring = new RevisionChanges[64];
    private int head;
    private int count;
    private long first;
    private long bytes;
    private List<KeyValue> running = new ArrayList<>(1);

    RecentRevisions(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Adds a change of the revision that is being made. */
    void add(KeyValue change) {
        running.add(change);
    }

    /** Completes the revision that was being made; revisions come one after the other. */
    void complete(long revision) {
        RevisionChanges changes = new RevisionChanges(revision, running);
        running = new ArrayList<>(1);
        if (count == 0) first = revision;
        if (count == ring.length) grow();
        ring[(head + count++) & (ring.length - 1)] = changes;
        bytes += size(changes);
        while (bytes > bytesMax) removeFirst();
    }

    /** The changes at {@code revision}, or null when they are not held. */
    @Nullable RevisionChanges get(long revision) {
        if (revision < first || revision >= first + count) return null;
        return ring[(int) (head + (revision - first)) & (ring.length - 1)];
    }

    void clear() {
        while (count > 0) removeFirst();
        running = new ArrayList<>(1);
    }

    private void removeFirst() {
        RevisionChanges oldest = ring[head];
        if (oldest != null) bytes -= size(oldest);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        count--;
        first++;
    }

    private void grow() {
        @Nullable RevisionChanges[] larger = new RevisionChanges[ring.length * 2];
        for (int i = 0; i < count; i++) larger[i] = ring[(head + i) & (ring.length - 1)];
        ring = larger;
        head = 0;
    }

    private static long size(RevisionChanges revision) {
        long size = CHANGE_BYTES;
        for (KeyValue each : revision.changes())
            size += CHANGE_BYTES + each.key().size() + each.value().size();
        return size;
    }

    /** All changes of one revision, in order. */
    record RevisionChanges(long revision, List<KeyValue> changes) {}
}
