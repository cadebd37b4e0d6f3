package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.wire.Decoder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads what {@link SnapshotWriter} wrote and refuses everything else. */
final class SnapshotReader {
    /** No record we write is larger, in bytes; checked before allocation. */
    private static final int RECORD_BYTES_MAX = 64 << 20;

    /** Snapshots up to about this size are checked as a whole before the old state goes. */
    static final long CHECKED_BYTES_MAX = 64L << 20;

    private final DataInputStream in;
    private final long checkedBytesMax;
    private boolean replacing;
    private long count;
    private long lastRevision = -1;
    private int lastSub;
    private @Nullable StateHash end;

    SnapshotReader(InputStream in, long checkedBytesMax) {
        this.in = new DataInputStream(in);
        this.checkedBytesMax = checkedBytesMax;
    }

    /** Whether the old state has gone, so that after a failure the store is empty. */
    boolean replacing() {
        return replacing;
    }

    /** Fills {@code revisions} and returns the state; on damage after the old state had to go, leaves it empty. */
    StoreState restore(RevisionStore revisions, Supplier<StoreState> empty) throws IOException {
        List<Frame> checked = new ArrayList<>();
        StoreState state = empty.get();
        long bytes = 0;
        expectMagic();
        while (bytes < checkedBytesMax) {
            Frame frame = next();
            if (frame == null) break;
            state.load(frame.revision(), frame.sub(), frame.record());
            checked.add(frame);
            bytes += frame.record().size() + 64L;
        }
        if (end != null) verify(state);
        boolean complete = false;
        replacing = true;
        revisions.clear();
        try {
            for (Frame each : checked) revisions.put(each.revision(), each.sub(), each.record());
            checked.clear();
            while (end == null) {
                Frame frame = next();
                if (frame == null) break;
                state.load(frame.revision(), frame.sub(), frame.record());
                revisions.put(frame.revision(), frame.sub(), frame.record());
            }
            verify(state);
            complete = true;
        } finally {
            if (!complete) revisions.clear();
            revisions.commit();
        }
        return state;
    }

    private void verify(StoreState state) {
        state.verify();
        if (!state.hash().equals(end))
            throw new DamagedStateException("state hash: " + state.hash() + " (expected: " + end + ", as at the end)");
    }

    private void expectMagic() throws IOException {
        byte[] magic = exactly(8);
        if (new Decoder(magic).fixed64() != SnapshotWriter.MAGIC)
            throw new DamagedStateException("snapshot: unknown format");
    }

    /** The next record, or null after the end mark. */
    private @Nullable Frame next() throws IOException {
        int kind = exactly(1)[0];
        if (kind == SnapshotWriter.END) {
            readEnd();
            return null;
        }
        if (kind != SnapshotWriter.RECORD) throw new DamagedStateException("snapshot frame kind: " + kind);
        byte[] head = exactly(16);
        Decoder fields = new Decoder(head);
        long revision = fields.fixed64();
        int sub = fields.fixed32();
        int length = fields.fixed32();
        if (length < 0 || length > RECORD_BYTES_MAX)
            throw new DamagedStateException(
                    "snapshot record size: " + length + " (expected: 0.." + RECORD_BYTES_MAX + ")");
        byte[] record = in.readNBytes(length);
        if (record.length != length) throw cut();
        expectChecksum(kind, head, record);
        if (revision < lastRevision || (revision == lastRevision && sub <= lastSub))
            throw new DamagedStateException("snapshot record at " + revision + "." + sub + ": out of order");
        lastRevision = revision;
        lastSub = sub;
        count++;
        return new Frame(revision, sub, Bytes.wrap(record));
    }

    private void readEnd() throws IOException {
        byte[] mark = exactly(24);
        expectChecksum(SnapshotWriter.END, mark, new byte[0]);
        Decoder fields = new Decoder(mark);
        long recorded = fields.fixed64();
        if (recorded != count)
            throw new DamagedStateException("snapshot records: " + count + " (expected: " + recorded + ")");
        end = new StateHash(fields.fixed64(), fields.fixed64());
        if (in.read() != -1) throw new DamagedStateException("snapshot: bytes after the end mark");
    }

    private void expectChecksum(int kind, byte[] head, byte[] body) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(kind);
        crc.update(head);
        crc.update(body);
        if (new Decoder(exactly(4)).fixed32() != (int) crc.getValue())
            throw new DamagedStateException("snapshot frame " + count + ": checksum differs");
    }

    private byte[] exactly(int length) throws IOException {
        try {
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return bytes;
        } catch (EOFException e) {
            throw cut();
        }
    }

    private static DamagedStateException cut() {
        return new DamagedStateException("snapshot: cut short");
    }

    private record Frame(long revision, int sub, Bytes record) {}
}
