package dev.attune.storage.log;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries, bounded by bytes, so that who follows the log closely never reads the disk. It also holds every
 * entry that is not yet handed to the operating system, whatever the bound. Not thread-safe.
 */
final class TailCache {
    /** Counted for each record besides its payload: object headers and the ring's slot. */
    private static final int OVERHEAD_BYTES = 72;

    private static final int CAPACITY_MIN = 256;

    private final long bytesMax;

    // Entries first..last, without a gap, in a ring; positions run beside them.
    private @Nullable LogRecord[] ring = new LogRecord[CAPACITY_MIN];
    private long first = 1;
    private long last;
    private long bytes;

    /** Replaced entries below {@link #first} that are not written yet. */
    private final Map<Long, LogRecord> unwritten = new HashMap<>();

    TailCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Nullable LogRecord get(long index) {
        if (index >= first && index <= last) return ring[slot(index)];
        return unwritten.isEmpty() ? null : unwritten.get(index);
    }

    /** Takes an entry that follows the last one or replaces one that is there. */
    void put(LogRecord record) {
        long index = record.index();
        if (index > last) {
            if (index != last + 1 || last < first) {
                clearRing();
                first = index;
                last = index - 1;
            }
            if (last - first + 1 == ring.length) grow();
            last = index;
            ring[slot(index)] = record;
            bytes += weight(record);
        } else if (index >= first) {
            LogRecord old = ring[slot(index)];
            if (old != null) bytes -= weight(old);
            ring[slot(index)] = record;
            bytes += weight(record);
        } else {
            unwritten.put(index, record);
        }
    }

    /** Evicts down to the bound what lies before {@code writtenEnd}, the first position not written yet. */
    void evict(PositionIndex positions, long writtenEnd) {
        while (bytes > bytesMax && first <= last && positions.get(first) < writtenEnd) {
            dropFirst();
        }
        if (!unwritten.isEmpty()) {
            unwritten.keySet().removeIf(index -> !positions.contains(index) || positions.get(index) < writtenEnd);
        }
    }

    /** Forgets what lies outside {@code newFirst..newLast}. */
    void retain(long newFirst, long newLast) {
        while (first <= last && first < newFirst) dropFirst();
        while (first <= last && last > newLast) {
            int slot = slot(last);
            LogRecord record = ring[slot];
            if (record != null) bytes -= weight(record);
            ring[slot] = null;
            last--;
        }
        if (first > last) {
            first = newLast + 1;
            last = newLast;
        }
        unwritten.keySet().removeIf(index -> index < newFirst || index > newLast);
    }

    private void dropFirst() {
        int slot = slot(first);
        LogRecord record = ring[slot];
        if (record != null) bytes -= weight(record);
        ring[slot] = null;
        first++;
    }

    private void clearRing() {
        while (first <= last) dropFirst();
    }

    private void grow() {
        @Nullable LogRecord[] larger = new LogRecord[ring.length << 1];
        for (long index = first; index <= last; index++) larger[(int) index & larger.length - 1] = ring[slot(index)];
        ring = larger;
    }

    private int slot(long index) {
        return (int) index & ring.length - 1;
    }

    private static long weight(LogRecord record) {
        return record.payload().length + (long) OVERHEAD_BYTES;
    }
}
