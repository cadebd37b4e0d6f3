package dev.attune.storage.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * Puts checks around a stream of bytes. One thread.
 *
 * <pre>
 * header    magic (8), version (int), index, term, length of cluster id (int), cluster id in UTF-8, CRC32C of all that
 * chunk     length (int, 1..1 MiB), CRC32C of its number, its length and its bytes (int), bytes
 * …
 * manifest  0 (int), bytes in all chunks (long), SHA-256 of them (32), CRC32C of these (int)
 * </pre>
 *
 * All numbers are big-endian. A snapshot without its manifest is incomplete: {@link #finish} must have been called.
 */
public final class SnapshotWriter extends OutputStream {
    static final long MAGIC = 0x41_54_54_55_4e_53_4e_50L; // ATTUNSNP
    static final int VERSION = 1;
    static final int CHUNK_BYTES_MAX = 1 << 20;
    static final int CLUSTER_ID_BYTES_MAX = 1024;
    static final int MANIFEST_BYTES = 8 + 32 + 4;

    private static final int CHUNK_BYTES = 256 << 10;

    private final OutputStream out;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final MessageDigest digest = sha256();
    private int filled;
    private long number;
    private long total;

    /** Writes the header to {@code out}, which stays the caller's to close. */
    public SnapshotWriter(OutputStream out, SnapshotHeader header) throws IOException {
        this.out = out;
        byte[] clusterId = header.clusterId().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + 4 + 8 + 8 + 4 + clusterId.length + 4);
        bytes.putLong(MAGIC).putInt(VERSION).putLong(header.index()).putLong(header.term());
        bytes.putInt(clusterId.length).put(clusterId);
        bytes.putInt(crc(bytes.array(), bytes.position()));
        out.write(bytes.array());
    }

    @Override
    public void write(int value) throws IOException {
        if (filled == chunk.length) writeChunk();
        chunk[filled++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (filled == chunk.length) writeChunk();
            int count = Math.min(left, chunk.length - filled);
            System.arraycopy(bytes, at, chunk, filled, count);
            filled += count;
            at += count;
            left -= count;
        }
    }

    /** Ends the snapshot; returns how many bytes it holds. Nothing may be written afterwards. */
    public long finish() throws IOException {
        writeChunk();
        ByteBuffer manifest = ByteBuffer.allocate(4 + MANIFEST_BYTES);
        manifest.putInt(0).putLong(total).put(digest.digest());
        manifest.putInt(crc(manifest.array(), manifest.position()));
        out.write(manifest.array());
        out.flush();
        return total;
    }

    private void writeChunk() throws IOException {
        if (filled == 0) return;
        ByteBuffer head = ByteBuffer.allocate(8);
        head.putInt(filled).putInt(chunkCrc(number, chunk, filled));
        out.write(head.array());
        out.write(chunk, 0, filled);
        digest.update(chunk, 0, filled);
        total += filled;
        number++;
        filled = 0;
    }

    static int chunkCrc(long number, byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(12).putLong(number).putInt(length).flip());
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
