package dev.attune.store;

import dev.attune.model.Bytes;
import java.util.zip.CRC32C;

/**
 * The last four bytes of every record: CRC32C of what precedes them, combined with the place the record belongs to, so
 * that a record read from a wrong place is as damaged as one with a flipped bit (G7).
 */
final class SealedRecord {
    /** How many bytes a seal takes. */
    static final int SEAL_BYTES = 4;

    private SealedRecord() {}

    /** Fills the last four bytes of {@code record}. */
    static byte[] seal(byte[] record, long revision, int sub) {
        int crc = checksum(record, revision, sub);
        int at = record.length - SEAL_BYTES;
        record[at] = (byte) (crc >>> 24);
        record[at + 1] = (byte) (crc >>> 16);
        record[at + 2] = (byte) (crc >>> 8);
        record[at + 3] = (byte) crc;
        return record;
    }

    /** The bytes of {@code record} after checking its seal; the content ends {@link #SEAL_BYTES} before the end. */
    static byte[] check(Bytes record, long revision, int sub) {
        byte[] all = record.unsafeArray();
        int at = all.length - SEAL_BYTES;
        if (at < 0) throw damaged(revision, sub);
        int stored =
                (all[at] & 0xff) << 24 | (all[at + 1] & 0xff) << 16 | (all[at + 2] & 0xff) << 8 | (all[at + 3] & 0xff);
        if (stored != checksum(all, revision, sub)) throw damaged(revision, sub);
        return all;
    }

    private static int checksum(byte[] record, long revision, int sub) {
        CRC32C crc = new CRC32C();
        crc.update(record, 0, record.length - SEAL_BYTES);
        long place = (revision * 31 + sub + 1) * 0x9e3779b97f4a7c15L;
        return (int) crc.getValue() ^ (int) (place >>> 32);
    }

    static DamagedStateException damaged(long revision, int sub) {
        return new DamagedStateException("record at revision " + revision + "." + sub + ": damaged or missing");
    }
}
