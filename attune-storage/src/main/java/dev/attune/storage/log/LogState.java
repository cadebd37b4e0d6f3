package dev.attune.storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the records written so far add up to: which entries there are and where, the registers, and how many entries
 * each segment holds. The same code runs while a log is opened and while it is written. Not thread-safe.
 */
final class LogState {
    static final int REGISTERS = 16;

    final PositionIndex positions = new PositionIndex();
    final NavigableMap<Integer, byte[]> registers = new TreeMap<>();
    final NavigableSet<Long> special = new TreeSet<>();

    /** Oldest first, numbered without a gap. */
    final List<Segment> segments = new ArrayList<>();

    DurableLog.Bounds bounds() {
        return new DurableLog.Bounds(positions.first(), positions.last());
    }

    Segment segmentOf(long position) {
        long oldest = segments.get(0).number;
        return segments.get((int) (Segment.numberOf(position) - oldest));
    }

    /** An entry was written at {@code position}; its index must be legal. */
    void entryWritten(long index, int kind, long position) {
        if (kind >= LogRecord.SPECIAL_KIND) special.add(index);
        else if (!special.isEmpty()) special.remove(index);
        if (index == positions.last() + 1) {
            positions.add(position);
        } else {
            forget(index);
            positions.set(index, position);
        }
        segmentOf(position).live++;
    }

    void truncated(long first, long last) {
        special.headSet(first, false).clear();
        special.tailSet(last, false).clear();
        if (last < first) {
            for (long index = positions.first(); index <= positions.last(); index++) forget(index);
            positions.reset(first, last);
            return;
        }
        while (positions.first() < first) {
            forget(positions.first());
            positions.dropFirst();
        }
        while (positions.last() > last) {
            forget(positions.last());
            positions.dropLast();
        }
    }

    /** Whether {@link #truncated} may be called with these bounds. */
    static boolean legalTruncation(DurableLog.Bounds bounds, long first, long last) {
        return first >= 1 && (last == first - 1 || last >= first && first >= bounds.first() && last <= bounds.last());
    }

    /** The oldest segments of which nothing is needed any more; never the newest. */
    List<Segment> takeDead() {
        int dead = 0;
        while (dead < segments.size() - 1 && segments.get(dead).live == 0) dead++;
        List<Segment> head = segments.subList(0, dead);
        List<Segment> taken = List.copyOf(head);
        head.clear();
        return taken;
    }

    /** The bytes of a checkpoint's body. */
    int checkpointBytes() {
        int bytes = 16;
        for (byte[] value : registers.values()) bytes += 5 + value.length;
        return bytes;
    }

    void putCheckpoint(ByteBuffer target, long first, long last) {
        target.putLong(first).putLong(last);
        registers.forEach(
                (id, value) -> target.put(id.byteValue()).putInt(value.length).put(value));
    }

    private void forget(long index) {
        long position = positions.get(index);
        if (position != 0) segmentOf(position).live--;
    }
}
