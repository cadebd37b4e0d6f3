package dev.attune.storage.log;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log's files when it is opened and tells a torn tail, which is cut, from damage, which is refused.
 *
 * <p>The rule. A segment's header and checkpoint, and all of every segment but the newest, were synced before the
 * newest segment got its name. In the newest, everything before an intact mark was synced when that mark was written.
 * So only what lies behind the last intact mark of the newest segment can be torn: records are taken up to the first
 * that is not intact and in chain, the rest is set to zeros. Anything wrong before that point is damage. Marks are
 * looked for over the whole file, not only where the records lead.
 *
 * <p>That the newest segment and its last blocks are there is known from {@link SyncedEnd}; that each needed segment
 * before is there, from the checkpoints.
 *
 * <p>What remains: a power cut before the mark behind the last synced group reached the disk, and rot within that
 * group. That cannot be told from a torn write, and the group is cut.
 */
final class LogRecovery {
    private final Disk disk;
    private final Path directory;
    private final CRC32C crc = new CRC32C();
    private final LogState state = new LogState();
    private final List<Path> leftOvers = new ArrayList<>();

    private int chain;
    private boolean marked;
    private SyncedEnd.@Nullable Said said;

    LogRecovery(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    LogState state() {
        return state;
    }

    /** Opens the segments into {@link #state()}; null when there are none. Open files are the caller's in any case. */
    SegmentWriter.@Nullable Tail run() throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (String name : disk.list(directory)) {
            long number = SegmentHeader.numberIn(name);
            if (number > 0) numbers.add(number);
            if (name.endsWith(SegmentReserve.SUFFIX)) leftOvers.add(directory.resolve(name));
        }
        numbers.sort(null);
        requireNewest(numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1));
        int oldest = Math.max(0, numbers.size() - 1);
        while (oldest > 0 && numbers.get(oldest - 1) == numbers.get(oldest) - 1) oldest--;
        // Segments are deleted oldest first; those before a gap are ones whose deletion was half lost.
        for (int i = 0; i < oldest; i++) leftOvers.add(path(numbers.get(i)));

        List<SegmentHeader> headers = new ArrayList<>();
        for (long number : numbers.subList(oldest, numbers.size())) headers.add(open(number));
        long end = 0;
        for (int i = 0; i < headers.size(); i++) {
            long previousEnd = i + 1 < headers.size() ? headers.get(i + 1).previousEnd() : -1;
            end = scan(state.segments.get(i), headers.get(i), previousEnd);
        }
        requireAll();
        for (Path file : leftOvers) disk.delete(file);
        if (headers.isEmpty()) return null;
        return new SegmentWriter.Tail(state.segments.get(headers.size() - 1), chain, end, marked);
    }

    private void requireNewest(long found) throws IOException {
        said = SyncedEnd.in(disk, directory);
        if (said == null || said.number() <= found && found > 0) return;
        throw new DamagedLogException(
                path(Math.max(1, said.number())),
                0,
                1,
                Long.MAX_VALUE,
                "the newest segment is missing; the newest found is " + (found == 0 ? "none" : Long.toString(found)));
    }

    private Path path(long number) {
        return directory.resolve(SegmentHeader.fileName(number));
    }

    private SegmentHeader open(long number) throws IOException {
        Path path = path(number);
        DiskFile file = disk.open(path);
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
        SegmentHeader header;
        try {
            file.read(bytes, 0);
            header = SegmentHeader.readFrom(bytes.flip(), 0);
            if (header == null || header.number() != number || header.fileBytes() != file.size()) {
                throw damaged(path, 0, "its header or length is not as written");
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
        state.segments.add(new Segment(header, path, file));
        return header;
    }

    /** Applies the records of a segment; returns where they end. */
    private long scan(Segment segment, SegmentHeader header, long previousEnd) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(segment.fileBytes));
        segment.file.read(bytes, 0);
        bytes.flip();
        boolean oldest = segment == state.segments.get(0);
        boolean newest = previousEnd < 0;
        if (!oldest && header.chain() != chain) {
            throw damaged(segment.path, 0, "it does not follow the segment before");
        }
        chain = header.chain();
        int offset = SegmentHeader.BYTES;
        while ((newest || offset < previousEnd) && follows(bytes, offset, segment.salt)) {
            apply(segment, bytes, offset, oldest);
            chain = bytes.getInt(offset);
            marked = bytes.get(offset + 12) >= RecordFormat.CHECKPOINT;
            offset += (int) RecordFormat.sizeOf(bytes.getInt(offset + 8));
        }
        if (offset == SegmentHeader.BYTES) throw damaged(segment.path, offset, "its checkpoint is not as written");
        if (newest) cutTail(segment, bytes, offset);
        else if (offset != previousEnd) throw damaged(segment.path, offset, "a synced record is not as written");
        return offset;
    }

    private boolean follows(ByteBuffer bytes, int offset, int salt) {
        return RecordFormat.intact(bytes, offset, salt, crc) && bytes.getInt(offset + 4) == chain;
    }

    private void cutTail(Segment segment, ByteBuffer bytes, int end) throws IOException {
        if (said != null && said.number() == segment.number && said.end() > end) {
            throw damaged(segment.path, end, "synced records are missing, " + said.end() + " bytes were synced");
        }
        for (int at = end; at < bytes.limit(); at += 8) {
            if (RecordFormat.intactMark(bytes, at, at, segment.salt, crc)) {
                throw damaged(segment.path, end, "a synced record is not as written");
            }
        }
        int garbage = bytes.limit();
        while (garbage > end && bytes.get(garbage - 1) == 0) garbage--;
        if (garbage > end) segment.file.write(ByteBuffer.allocate(garbage - end), end);
    }

    private void apply(Segment segment, ByteBuffer bytes, int offset, boolean oldest) throws IOException {
        int body = offset + RecordFormat.HEADER_BYTES;
        switch (bytes.get(offset + 12)) {
            case RecordFormat.ENTRY -> {
                long index = bytes.getLong(body);
                DurableLog.Bounds bounds = state.bounds();
                if (index < bounds.first() || index > bounds.last() + 1) {
                    throw damaged(segment.path, offset, "entry " + index + " does not fit " + bounds);
                }
                state.entryWritten(index, bytes.get(offset + 13), Segment.position(segment.number, offset));
            }
            case RecordFormat.REGISTER -> {
                byte[] value = new byte[bytes.getInt(offset + 8) - 1];
                bytes.get(body + 1, value);
                state.registers.put((int) bytes.get(body), value);
            }
            case RecordFormat.TRUNCATE -> {
                long first = bytes.getLong(body);
                long last = bytes.getLong(body + 8);
                if (!LogState.legalTruncation(state.bounds(), first, last)) {
                    throw damaged(segment.path, offset, "a truncation does not fit " + state.bounds());
                }
                state.truncated(first, last);
            }
            case RecordFormat.CHECKPOINT -> checkpoint(segment, bytes, offset, oldest);
            default -> {
                // A mark carries no state.
            }
        }
    }

    private void checkpoint(Segment segment, ByteBuffer bytes, int offset, boolean oldest) throws IOException {
        int at = offset + RecordFormat.HEADER_BYTES;
        int end = at + bytes.getInt(offset + 8);
        DurableLog.Bounds bounds = new DurableLog.Bounds(bytes.getLong(at), bytes.getLong(at + 8));
        if (oldest) state.positions.reset(bounds.first(), bounds.last());
        else if (!bounds.equals(state.bounds())) {
            throw damaged(segment.path, offset, "its checkpoint holds " + bounds + " after " + state.bounds());
        }
        for (at += 16; at < end; ) {
            byte[] value = new byte[bytes.getInt(at + 1)];
            bytes.get(at + 5, value);
            state.registers.put((int) bytes.get(at), value);
            at += 5 + value.length;
        }
    }

    private void requireAll() throws IOException {
        long first = 0;
        long last = 0;
        for (long index = state.positions.first(); index <= state.positions.last(); index++) {
            if (state.positions.get(index) != 0) continue;
            if (first == 0) first = index;
            last = index;
        }
        if (first == 0) return;
        Segment oldest = state.segments.get(0);
        throw new DamagedLogException(
                path(oldest.number - 1), 0, first, last, "a segment that holds entries still needed is missing");
    }

    private DamagedLogException damaged(Path path, long offset, String what) {
        long first = Math.max(1, state.positions.last() + 1);
        return new DamagedLogException(path, offset, first, Long.MAX_VALUE, what);
    }
}
