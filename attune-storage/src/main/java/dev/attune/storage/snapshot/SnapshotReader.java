package dev.attune.storage.snapshot;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of a snapshot, each chunk checked before any of it is handed out; the end is reported only after the
 * manifest and the end of the source were found as they must be. One thread. Closing it closes the source.
 *
 * <p>Every method throws {@link DamagedSnapshotException} when the snapshot is not as it was written.
 */
public final class SnapshotReader extends InputStream {
    private final DataInputStream in;
    private final SnapshotHeader header;
    private final MessageDigest digest = SnapshotWriter.sha256();
    private byte[] chunk = new byte[0];
    private int at;
    private int filled;
    private long number;
    private long total;
    private boolean ended;

    /** Reads the header from {@code source}. */
    public SnapshotReader(InputStream source) throws IOException {
        this.in = new DataInputStream(source);
        try {
            this.header = readHeader();
        } catch (EOFException e) {
            throw damaged("its header is cut short");
        }
    }

    public SnapshotHeader header() {
        return header;
    }

    @Override
    public int read() throws IOException {
        return advance() ? chunk[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (!advance()) return -1;
        int count = Math.min(length, filled - at);
        System.arraycopy(chunk, at, target, offset, count);
        at += count;
        return count;
    }

    /** Reads and checks what is left; returns how many bytes the whole snapshot holds. */
    public long verify() throws IOException {
        while (advance()) at = filled;
        return total;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private SnapshotHeader readHeader() throws IOException {
        byte[] fixed = in.readNBytes(32);
        if (fixed.length < 32) throw damaged("its header is cut short");
        ByteBuffer bytes = ByteBuffer.wrap(fixed);
        if (bytes.getLong() != SnapshotWriter.MAGIC) throw damaged("it does not begin as a snapshot does");
        int version = bytes.getInt();
        if (version != SnapshotWriter.VERSION) throw damaged("its format version is " + version);
        long index = bytes.getLong();
        long term = bytes.getLong();
        int length = bytes.getInt();
        if (length < 0 || length > SnapshotWriter.CLUSTER_ID_BYTES_MAX) throw damaged("its header is not as written");
        byte[] clusterId = in.readNBytes(length);
        byte[] all = Arrays.copyOf(fixed, 32 + clusterId.length);
        System.arraycopy(clusterId, 0, all, 32, clusterId.length);
        if (in.readInt() != SnapshotWriter.crc(all, all.length) || index < 0 || term < 0) {
            throw damaged("its header is not as written");
        }
        return new SnapshotHeader(new String(clusterId, StandardCharsets.UTF_8), index, term);
    }

    /** Whether a checked byte is at hand. */
    private boolean advance() throws IOException {
        if (at < filled) return true;
        if (ended) return false;
        try {
            int length = in.readInt();
            if (length == 0) {
                readManifest();
                ended = true;
                return false;
            }
            if (length < 0 || length > SnapshotWriter.CHUNK_BYTES_MAX) throw damaged("chunk " + number + " is damaged");
            int check = in.readInt();
            if (chunk.length < length) chunk = new byte[length];
            in.readFully(chunk, 0, length);
            if (SnapshotWriter.chunkCrc(number, chunk, length) != check)
                throw damaged("chunk " + number + " is damaged");
            digest.update(chunk, 0, length);
            total += length;
            number++;
            at = 0;
            filled = length;
            return true;
        } catch (EOFException e) {
            throw damaged("it ends after chunk " + (number - 1) + " without a manifest");
        }
    }

    private void readManifest() throws IOException {
        byte[] manifest = new byte[SnapshotWriter.MANIFEST_BYTES];
        in.readFully(manifest);
        ByteBuffer bytes = ByteBuffer.allocate(4 + manifest.length).putInt(0).put(manifest);
        byte[] hash = Arrays.copyOfRange(manifest, 8, 40);
        if (bytes.getInt(44) != SnapshotWriter.crc(bytes.array(), 44)
                || bytes.getLong(4) != total
                || !MessageDigest.isEqual(hash, digest.digest())) {
            throw damaged("its manifest does not match its chunks");
        }
        if (in.read() >= 0) throw damaged("it goes on after its manifest");
    }

    private static DamagedSnapshotException damaged(String what) {
        return new DamagedSnapshotException("snapshot refused: " + what);
    }
}
