package dev.attune.storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 64 bytes of a segment. It is synced, with the checkpoint that follows it, before the file gets its name;
 * the segment before is synced even earlier. So a segment without a good header is damage, never a torn write.
 *
 * @param number 1, 2, 3 …, also in the file's name
 * @param fileBytes the file's length
 * @param salt see {@link RecordFormat}
 * @param chain check of the last record of the segment before, 0 for the first
 * @param previousEnd where the records of the segment before end
 */
record SegmentHeader(long number, long fileBytes, int salt, int chain, long previousEnd) {
    static final int BYTES = 64;

    private static final long MAGIC = 0x41_54_54_55_4e_4c_4f_47L; // ATTUNLOG
    private static final int VERSION = 1;
    private static final String PREFIX = "log-";
    private static final String SUFFIX = ".segment";

    static String fileName(long number) {
        return PREFIX + String.format("%010d", number) + SUFFIX;
    }

    /** The number in a segment's file name, or -1 when {@code name} is not one. */
    static long numberIn(String name) {
        if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) return -1;
        String digits = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
        return digits.matches("[0-9]{10}") ? Long.parseLong(digits) : -1;
    }

    void putTo(ByteBuffer target) {
        int start = target.position();
        target.putLong(MAGIC).putInt(VERSION).putInt(0);
        target.putLong(number).putLong(fileBytes).putInt(salt).putInt(chain).putLong(previousEnd);
        while (target.position() - start < BYTES) target.put((byte) 0);
        target.putInt(start + 12, check(target, start));
    }

    /** The header at {@code start}, or null when it is not intact. */
    static @Nullable SegmentHeader readFrom(ByteBuffer source, int start) {
        if (source.limit() - start < BYTES
                || source.getLong(start) != MAGIC
                || source.getInt(start + 8) != VERSION
                || source.getInt(start + 12) != check(source, start)) {
            return null;
        }
        return new SegmentHeader(
                source.getLong(start + 16),
                source.getLong(start + 24),
                source.getInt(start + 32),
                source.getInt(start + 36),
                source.getLong(start + 40));
    }

    private static int check(ByteBuffer buffer, int start) {
        CRC32C crc = new CRC32C();
        byte[] bytes = new byte[BYTES];
        buffer.get(start, bytes);
        for (int i = 12; i < 16; i++) bytes[i] = 0;
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
