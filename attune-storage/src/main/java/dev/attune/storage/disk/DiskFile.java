package dev.attune.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. {@link #read} may be called by any thread, the others by one at a time. */
public interface DiskFile extends Closeable {
    /** Length in bytes. */
    long size() throws IOException;

    /** Fills {@code target} from {@code position} on, up to the file's end; returns how many bytes were read. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all of {@code source} at {@code position}. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Returns once the written content survives a power cut. After a failure nothing is known about the content. */
    void force() throws IOException;
}
