package dev.attune.storage.log;

/**
 * Where each entry lies: eight bytes an entry, in one ring. Not thread-safe.
 *
 * <p>A position of 0 means that the entry's record was not seen yet, which happens only while a log is opened.
 */
final class PositionIndex {
    private static final int CAPACITY_MIN = 1024;

    private long[] ring = new long[CAPACITY_MIN];
    private int head;

    // Invariant: last - first + 1 <= ring.length
    private long first = 1;
    private long last;

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    boolean contains(long index) {
        return index >= first && index <= last;
    }

    long get(long index) {
        return ring[slot(index)];
    }

    void set(long index, long position) {
        ring[slot(index)] = position;
    }

    /** Adds the position of {@code last + 1}. */
    void add(long position) {
        long count = last - first + 1;
        if (count == ring.length) resize(ring.length << 1);
        last++;
        ring[slot(last)] = position;
    }

    void dropFirst() {
        head = head + 1 & ring.length - 1;
        first++;
        shrink();
    }

    void dropLast() {
        last--;
        shrink();
    }

    /** Becomes the range {@code first..last}, all of it at position 0. */
    void reset(long newFirst, long newLast) {
        long count = newLast - newFirst + 1;
        int capacity = CAPACITY_MIN;
        while (capacity < count) capacity = Math.multiplyExact(capacity, 2);
        ring = new long[capacity];
        head = 0;
        first = newFirst;
        last = newLast;
    }

    private void shrink() {
        if (ring.length > CAPACITY_MIN && last - first + 1 < ring.length >> 3) resize(ring.length >> 1);
    }

    private void resize(int capacity) {
        long[] larger = new long[capacity];
        int count = (int) (last - first + 1);
        for (int i = 0; i < count; i++) larger[i] = ring[head + i & ring.length - 1];
        ring = larger;
        head = 0;
    }

    private int slot(long index) {
        return (int) (head + (index - first)) & ring.length - 1;
    }
}
