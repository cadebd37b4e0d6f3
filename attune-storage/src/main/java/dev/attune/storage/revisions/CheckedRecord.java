package dev.attune.storage.revisions;

import dev.attune.model.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record as it lies in the file: with a check over its place and its bytes, since the file's pages have none over
 * their content.
 */
record CheckedRecord(int check, Bytes bytes) {
    static CheckedRecord of(long revision, int sub, Bytes bytes) {
        return new CheckedRecord(checkOf(revision, sub, bytes), bytes);
    }

    /** The bytes, when they belong to this place. */
    Bytes at(long revision, int sub) {
        if (checkOf(revision, sub, bytes) != check) {
            throw new DamagedStoreException("the record at revision " + revision + "." + sub + " is damaged", null);
        }
        return bytes;
    }

    private static int checkOf(long revision, int sub, Bytes bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(12).putLong(revision).putInt(sub).flip());
        crc.update(bytes.unsafeArray());
        return (int) crc.getValue();
    }
}
