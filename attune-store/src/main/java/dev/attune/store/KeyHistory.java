package dev.attune.store;

import dev.attune.model.Bytes;
import java.util.Arrays;

/**
 * Where the retained changes of one key lie, oldest first, and what its newest state is but for the value.
 *
 * <p>Invariant: entries ascend by (revision, sub); {@code version} is 0 exactly when the newest entry is a delete.
 */
final class KeyHistory {
    private static final long[] NO_REVISIONS = new long[0];
    private static final int[] NO_MARKS = new int[0];

    private final Bytes key;
    private long createRevision;
    private long version;
    private long leaseId;
    private boolean empty = true;
    private long lastRevision;
    // sub << 1, plus 1 for a delete
    private int lastMark;
    // Entries before the last one; most keys have none, so the last one lies in fields.
    private long[] olderRevisions = NO_REVISIONS;
    private int[] olderMarks = NO_MARKS;
    private int olderCount;

    KeyHistory(Bytes key) {
        this.key = key;
    }

    Bytes key() {
        return key;
    }

    boolean live() {
        return version != 0;
    }

    long createRevision() {
        return createRevision;
    }

    long version() {
        return version;
    }

    long leaseId() {
        return leaseId;
    }

    long modRevision() {
        return lastRevision;
    }

    int count() {
        return empty ? 0 : olderCount + 1;
    }

    long revisionAt(int entry) {
        return entry == olderCount ? lastRevision : olderRevisions[entry];
    }

    int subAt(int entry) {
        return markAt(entry) >>> 1;
    }

    boolean deletedAt(int entry) {
        return (markAt(entry) & 1) != 0;
    }

    private int markAt(int entry) {
        return entry == olderCount ? lastMark : olderMarks[entry];
    }

    /** Adds a change that follows every other; a delete has version 0. */
    void append(long revision, int sub, long create, long newVersion, long lease) {
        if (!empty) {
            if (olderCount == olderRevisions.length) {
                int capacity = Math.max(2, olderCount * 2);
                olderRevisions = Arrays.copyOf(olderRevisions, capacity);
                olderMarks = Arrays.copyOf(olderMarks, capacity);
            }
            olderRevisions[olderCount] = lastRevision;
            olderMarks[olderCount++] = lastMark;
        }
        empty = false;
        lastRevision = revision;
        lastMark = sub << 1 | (newVersion == 0 ? 1 : 0);
        createRevision = create;
        version = newVersion;
        leaseId = lease;
    }

    /** The newest entry at or before {@code revision}, or -1. */
    int find(long revision) {
        if (empty) return -1;
        if (lastRevision <= revision) return olderCount;
        int low = 0;
        int high = olderCount - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (olderRevisions[middle] <= revision) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    /**
     * How many of the oldest entries nobody may ask for once {@code compacted} is the oldest readable revision: all
     * before it except the one that is the key's state there. Every change at {@code compacted} itself stays, also a
     * delete, because a watch may start there (W3).
     */
    int droppable(long compacted) {
        int before = find(compacted - 1);
        if (before < 0) return 0;
        boolean changedThere = before + 1 < count() && revisionAt(before + 1) == compacted;
        return changedThere || deletedAt(before) ? before + 1 : before;
    }

    void dropOldest(int entries) {
        if (entries == 0) return;
        if (entries > olderCount) {
            empty = true;
            olderCount = 0;
            olderRevisions = NO_REVISIONS;
            olderMarks = NO_MARKS;
            return;
        }
        int left = olderCount - entries;
        olderRevisions = left == 0 ? NO_REVISIONS : Arrays.copyOfRange(olderRevisions, entries, olderCount);
        olderMarks = left == 0 ? NO_MARKS : Arrays.copyOfRange(olderMarks, entries, olderCount);
        olderCount = left;
    }
}
