package dev.attune.storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a record lies in a segment. All numbers are big-endian; a record begins at a multiple of 8 and is padded to one.
 *
 * <pre>
 *  0  int   check: CRC32C of bytes 4 to the body's end, exclusive-or with the segment's salt
 *  4  int   chain: the check of the record before, also across segments
 *  8  int   body length in bytes
 * 12  byte  type
 * 13  byte  kind of an entry, else 0
 * 14  short 0
 * 16        body
 * </pre>
 *
 * The salt is random per segment and never leaves the machine, so that no payload can hold the image of a valid record.
 *
 * <p>Bodies. {@link #ENTRY}: index, term, payload. {@link #REGISTER}: id (byte), value. {@link #TRUNCATE}: first and
 * last index. {@link #CHECKPOINT}, the first record of each segment: first and last index, then for each register set:
 * id (byte), length (int), value. {@link #MARK}: its own offset; everything before it was synced when it was written.
 */
final class RecordFormat {
    static final int HEADER_BYTES = 16;
    static final int ENTRY_HEADER_BYTES = 16;
    static final int MARK_BYTES = HEADER_BYTES + 8;

    static final byte ENTRY = 1;
    static final byte REGISTER = 2;
    static final byte TRUNCATE = 3;
    static final byte CHECKPOINT = 4;
    static final byte MARK = 5;

    private RecordFormat() {}

    /** How much of the segment a record with this body takes. */
    static long sizeOf(long bodyBytes) {
        return (HEADER_BYTES + bodyBytes + 7) & ~7L;
    }

    static void putHeader(ByteBuffer target, int chain, int bodyBytes, byte type, byte kind) {
        target.putInt(0).putInt(chain).putInt(bodyBytes).put(type).put(kind).putShort((short) 0);
    }

    /** Pads the record that began at {@code start} and fills in its check, which is returned. */
    static int seal(ByteBuffer target, int start, int salt, CRC32C crc) {
        int end = target.position();
        int check = checkOf(target, start, end - start - HEADER_BYTES, salt, crc);
        target.putInt(start, check);
        while ((target.position() - start & 7) != 0) target.put((byte) 0);
        return check;
    }

    /** Whether a whole, intact record begins at {@code start}, whatever came before it. */
    static boolean intact(ByteBuffer source, int start, int salt, CRC32C crc) {
        if (source.limit() - start < HEADER_BYTES) return false;
        int body = source.getInt(start + 8);
        byte type = source.get(start + 12);
        if (type < ENTRY || type > MARK || body < 0 || body > source.limit() - start - HEADER_BYTES) return false;
        return checkOf(source, start, body, salt, crc) == source.getInt(start);
    }

    /** Whether an intact mark begins at {@code start}, which lies at {@code offset} of the segment. */
    static boolean intactMark(ByteBuffer source, int start, long offset, int salt, CRC32C crc) {
        return source.limit() - start >= MARK_BYTES
                && source.get(start + 12) == MARK
                && source.getInt(start + 8) == 8
                && source.getLong(start + HEADER_BYTES) == offset
                && intact(source, start, salt, crc);
    }

    private static int checkOf(ByteBuffer source, int start, int bodyBytes, int salt, CRC32C crc) {
        int position = source.position();
        int limit = source.limit();
        source.limit(start + HEADER_BYTES + bodyBytes).position(start + 4);
        crc.reset();
        crc.update(source);
        source.limit(limit).position(position);
        return (int) crc.getValue() ^ salt;
    }
}
