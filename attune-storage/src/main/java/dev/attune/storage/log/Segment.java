package dev.attune.storage.log;

import dev.attune.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** One file of the log. Its records lie one after another and are never written again. */
final class Segment {
    private static final int FIRST_READ_BYTES = 4096;

    final long number;
    final Path path;
    final DiskFile file;
    final long fileBytes;
    final int salt;

    /** How many entries of the log lie here; guarded by the log's state lock. */
    long live;

    Segment(SegmentHeader header, Path path, DiskFile file) {
        this.number = header.number();
        this.fileBytes = header.fileBytes();
        this.salt = header.salt();
        this.path = path;
        this.file = file;
    }

    /** Packs a place in the log into one number; later places are larger. */
    static long position(long number, long offset) {
        return number << 32 | offset;
    }

    static long numberOf(long position) {
        return position >>> 32;
    }

    static long offsetOf(long position) {
        return position & 0xffff_ffffL;
    }

    /** The entry that was written at {@code offset}; checked before it is handed out. */
    LogRecord readEntry(long offset, long index) throws IOException {
        int guess = (int) Math.min(FIRST_READ_BYTES, fileBytes - offset);
        ByteBuffer buffer = read(offset, guess);
        if (buffer.limit() >= RecordFormat.HEADER_BYTES) {
            long size = RecordFormat.HEADER_BYTES + (long) buffer.getInt(8);
            if (size > buffer.limit() && size <= fileBytes - offset) buffer = read(offset, (int) size);
        }
        if (!RecordFormat.intact(buffer, 0, salt, new CRC32C())
                || buffer.get(12) != RecordFormat.ENTRY
                || buffer.getLong(RecordFormat.HEADER_BYTES) != index) {
            throw new DamagedLogException(path, offset, index, index, "the entry read back is not the one written");
        }
        return entryIn(buffer, 0);
    }

    /** The entry whose intact record begins at {@code start}. */
    static LogRecord entryIn(ByteBuffer buffer, int start) {
        int body = start + RecordFormat.HEADER_BYTES;
        byte[] payload = new byte[buffer.getInt(start + 8) - RecordFormat.ENTRY_HEADER_BYTES];
        buffer.get(body + RecordFormat.ENTRY_HEADER_BYTES, payload);
        return new LogRecord(buffer.getLong(body), buffer.getLong(body + 8), buffer.get(start + 13), payload);
    }

    private ByteBuffer read(long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        file.read(buffer, offset);
        return buffer.flip();
    }
}
