package dev.attune.consensus.raft;

import dev.attune.consensus.StateMachine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The state in one file: a view as the state machine writes it, followed by an end mark with length and CRC32C. The
 * file is fsynced before it counts, and checked as a whole before anything of it reaches the state machine (G7).
 */
final class SnapshotFile {
    private static final int END_MARK = 0x41534e31;
    private static final int END_BYTES = 4 + 8 + 8;

    private SnapshotFile() {}

    static void write(Path file, StateMachine.Frozen view) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            CRC32C checksum = new CRC32C();
            CountingOutput counted = new CountingOutput(new BufferedOutputStream(out, 1 << 16));
            CheckedOutputStream checked = new CheckedOutputStream(counted, checksum);
            view.writeTo(checked);
            long length = counted.count();
            DataOutputStream end = new DataOutputStream(counted);
            end.writeInt(END_MARK);
            end.writeLong(length);
            end.writeLong(checksum.getValue());
            end.flush();
            out.getFD().sync();
        }
    }

    static void restore(Path file, StateMachine machine) throws IOException {
        long length = verify(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            machine.restore(new BoundedInput(in, length));
        }
    }

    /** The length of what the state machine wrote; refused when a single bit differs. */
    private static long verify(Path file) throws IOException {
        long length = Files.size(file) - END_BYTES;
        if (length < 0) throw new IOException("snapshot " + file + ": too short");
        CRC32C checksum = new CRC32C();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            InputStream content = new CheckedInputStream(new BoundedInput(in, length), checksum);
            byte[] buffer = new byte[1 << 16];
            long read = 0;
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) read += n;
            DataInputStream end = new DataInputStream(in);
            if (read != length
                    || end.readInt() != END_MARK
                    || end.readLong() != length
                    || end.readLong() != checksum.getValue()) throw new IOException("snapshot " + file + ": damaged");
        }
        return length;
    }

    /** Counts what passes. */
    private static final class CountingOutput extends java.io.FilterOutputStream {
        private long count;

        CountingOutput(java.io.OutputStream out) {
            super(out);
        }

        long count() {
            return count;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }

    /** Ends after as many bytes. */
    private static final class BoundedInput extends InputStream {
        private final InputStream in;
        private long left;

        BoundedInput(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            if (left <= 0) return -1;
            int b = in.read();
            if (b >= 0) left--;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) return length == 0 ? 0 : -1;
            int n = in.read(bytes, offset, (int) Math.min(length, left));
            if (n > 0) left -= n;
            return n;
        }
    }
}
