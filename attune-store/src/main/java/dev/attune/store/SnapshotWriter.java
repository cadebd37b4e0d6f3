package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Encoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/**
 * Writes a snapshot: a magic number, then per record a frame {@code 1, revision (8), sub (4), length (4), record,
 * crc (4)}, then the end mark {@code 2, count (8), state hash (16), crc (4)}. Numbers are big-endian; each CRC32C covers
 * what precedes it in its frame.
 */
final class SnapshotWriter {
    /** "ATTUNES1". */
    static final long MAGIC = 0x415454554e455331L;

    static final int RECORD = 1;
    static final int END = 2;

    private SnapshotWriter() {}

    static void write(RevisionStore.View view, StateHash hash, OutputStream stream) throws IOException {
        OutputStream out = new BufferedOutputStream(stream, 64 << 10);
        out.write(new Encoder(8).fixed64(MAGIC).toArray());
        long[] count = new long[1];
        try {
            view.scan((revision, sub, record) -> {
                writeRecord(out, revision, sub, record);
                count[0]++;
                return true;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        byte[] end = new Encoder(32)
                .byteValue(END)
                .fixed64(count[0])
                .fixed64(hash.high())
                .fixed64(hash.low())
                .toArray();
        out.write(end);
        writeChecksum(out, end, Bytes.EMPTY);
        out.flush();
    }

    private static void writeRecord(OutputStream out, long revision, int sub, Bytes record) {
        try {
            byte[] head = new Encoder(20)
                    .byteValue(RECORD)
                    .fixed64(revision)
                    .fixed32(sub)
                    .fixed32(record.size())
                    .toArray();
            out.write(head);
            out.write(record.unsafeArray());
            writeChecksum(out, head, record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeChecksum(OutputStream out, byte[] head, Bytes body) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(head);
        crc.update(body.unsafeArray());
        out.write(new Encoder(16).fixed32((int) crc.getValue()).toArray());
    }
}
