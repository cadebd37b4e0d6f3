package dev.attune.server.node;

import dev.attune.store.StateHash;
import dev.attune.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The state hash after each command whose index is a multiple of a stride: members under load are hardly ever at the
 * same index at the same time, but all of them pass these. Guarded by the host's lock.
 */
public final class HashTrail {
    private static final long STRIDE = 64;
    private static final int MARKS_MAX = 512;

    private final Deque<Mark> marks = new ArrayDeque<>();

    /** The hash of the state right after the command at {@code index}. */
    public record Mark(long index, StateHash hash) {}

    void passed(long index, Store store) {
        if (index % STRIDE != 0) return;
        synchronized (marks) {
            marks.addLast(new Mark(index, store.stateHash()));
            if (marks.size() > MARKS_MAX) marks.removeFirst();
        }
    }

    List<Mark> marks(Store store) {
        synchronized (marks) {
            List<Mark> all = new ArrayList<>(marks);
            all.add(new Mark(store.appliedIndex(), store.stateHash()));
            return all;
        }
    }

    void clear() {
        synchronized (marks) {
            marks.clear();
        }
    }
}
