package dev.attune.storage.log;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.zip.CRC32C;

/**
 * Appends records to the newest segment and goes on to the next one. Owned by the log's writer; {@link #writtenEnd()}
 * is for it alone, too.
 */
final class SegmentWriter {
    private final Disk disk;
    private final Path directory;
    private final LogOptions options;
    private final SegmentReserve reserve;
    private final SyncedEnd said;
    private final CRC32C crc = new CRC32C();
    private final SecureRandom random = new SecureRandom();

    private ByteBuffer buffer;
    private int recordStart;
    private Segment segment;
    private int chain;

    // Invariant: syncedEnd <= bufferOffset <= end of the segment's records = bufferOffset + buffer.position()
    private long bufferOffset;
    private long syncedEnd;

    /** Whether the last record is a mark or the checkpoint, so that no mark is due. */
    private boolean marked;

    SegmentWriter(Disk disk, Path directory, LogOptions options, SegmentReserve reserve, SyncedEnd said, Tail tail) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.reserve = reserve;
        this.said = said;
        this.buffer = ByteBuffer.allocateDirect(options.bufferBytes());
        this.segment = tail.segment();
        this.chain = tail.chain();
        this.bufferOffset = tail.end();
        this.syncedEnd = tail.end();
        this.marked = tail.marked();
    }

    /** Where writing goes on: the newest segment, the check of its last record, where that one ends. */
    record Tail(Segment segment, int chain, long end, boolean marked) {}

    /** Whether a record with this body still has room in the segment. */
    boolean fits(long bodyBytes) {
        return end() + RecordFormat.MARK_BYTES + RecordFormat.sizeOf(bodyBytes) <= segment.fileBytes;
    }

    /** Begins a record that {@link #fits}; returns its position. The caller writes the body into what {@link #body()} is. */
    long begin(byte type, int kind, int bodyBytes) throws IOException {
        if (buffer.remaining() < RecordFormat.sizeOf(bodyBytes)) {
            flush();
            if (buffer.capacity() < RecordFormat.sizeOf(bodyBytes)) {
                buffer = ByteBuffer.allocateDirect((int) RecordFormat.sizeOf(bodyBytes));
            }
        }
        marked = false;
        recordStart = buffer.position();
        RecordFormat.putHeader(buffer, chain, bodyBytes, type, (byte) kind);
        return Segment.position(segment.number, bufferOffset + recordStart);
    }

    ByteBuffer body() {
        return buffer;
    }

    void finish() {
        chain = RecordFormat.seal(buffer, recordStart, segment.salt, crc);
    }

    /** The first position that was not handed to the operating system. */
    long writtenEnd() {
        return Segment.position(segment.number, bufferOffset);
    }

    /** Whether anything but a mark waits for a sync. */
    boolean dirty() {
        return end() != syncedEnd && !marked;
    }

    /**
     * Returns once all is durable. That this is so is then written, here and elsewhere, without a sync of its own: it
     * outlives this process, and reaches the disk with the next group or when the operating system finds the time.
     */
    void sync() throws IOException {
        flush();
        segment.file.force();
        syncedEnd = bufferOffset;
        mark();
        flush();
        said.say(segment.number, syncedEnd);
    }

    /** As {@link #sync}, what says so included: after this no loss of synced records can pass for a torn write. */
    void settle() throws IOException {
        sync();
        said.force();
        if (bufferOffset == syncedEnd) return;
        segment.file.force();
        syncedEnd = bufferOffset;
    }

    /** Writes that all before is synced, unless that stands there already. */
    private void mark() throws IOException {
        if (marked || end() + RecordFormat.MARK_BYTES > segment.fileBytes) return;
        marked = true;
        if (buffer.remaining() < RecordFormat.MARK_BYTES) flush();
        long offset = end();
        recordStart = buffer.position();
        RecordFormat.putHeader(buffer, chain, 8, RecordFormat.MARK, (byte) 0);
        buffer.putLong(offset);
        finish();
    }

    /**
     * Syncs the segment and begins the next, with room for a record with this body. Its header and checkpoint are
     * synced before it gets its name.
     */
    Segment roll(LogState state, DurableLog.Bounds bounds, long bodyBytes) throws IOException {
        flush();
        segment.file.force();
        SegmentHeader header = new SegmentHeader(
                segment.number + 1, sizeFor(options, state, bodyBytes), random.nextInt(), chain, bufferOffset);
        Tail tail = create(disk, directory, reserve, header, state, bounds);
        said.say(header.number(), tail.end());
        said.force();
        segment = tail.segment();
        chain = tail.chain();
        bufferOffset = tail.end();
        syncedEnd = tail.end();
        marked = tail.marked();
        return segment;
    }

    /** Makes a segment that holds a synced header and checkpoint before it gets its name. */
    static Tail create(
            Disk disk,
            Path directory,
            SegmentReserve reserve,
            SegmentHeader header,
            LogState state,
            DurableLog.Bounds bounds)
            throws IOException {
        int body = state.checkpointBytes();
        int end = SegmentHeader.BYTES + (int) RecordFormat.sizeOf(body);
        ByteBuffer content = ByteBuffer.allocate(end);
        header.putTo(content);
        RecordFormat.putHeader(content, header.chain(), body, RecordFormat.CHECKPOINT, (byte) 0);
        state.putCheckpoint(content, bounds.first(), bounds.last());
        int check = RecordFormat.seal(content, SegmentHeader.BYTES, header.salt(), new CRC32C());

        Path spare = reserve.take(header.fileBytes());
        try (DiskFile file = disk.open(spare)) {
            file.write(content.flip(), 0);
            file.force();
        }
        Path path = directory.resolve(SegmentHeader.fileName(header.number()));
        disk.rename(spare, path);
        disk.syncDirectory(directory);
        return new Tail(new Segment(header, path, disk.open(path)), check, end, true);
    }

    static long sizeFor(LogOptions options, LogState state, long bodyBytes) {
        long needed = SegmentHeader.BYTES
                + RecordFormat.sizeOf(state.checkpointBytes())
                + 2L * RecordFormat.MARK_BYTES
                + RecordFormat.sizeOf(bodyBytes);
        return Math.max(options.segmentBytes(), (needed + 7) & ~7L);
    }

    private long end() {
        return bufferOffset + buffer.position();
    }

    private void flush() throws IOException {
        if (buffer.position() == 0) return;
        buffer.flip();
        int bytes = buffer.limit();
        segment.file.write(buffer, bufferOffset);
        buffer.clear();
        bufferOffset += bytes;
    }
}
