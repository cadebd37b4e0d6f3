package dev.attune.storage.log;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries by index, and a few small registers (term and vote, promised ballot, chosen watermark), in one fsynced log.
 *
 * <p>Writing methods are called by one thread at a time; {@link #read} and the bounds by any. Nothing is durable before
 * {@link #sync} returns. Any exception from a writing method is fatal: the log refuses all further writes and the
 * member must stop; a failed fsync is never retried (G6).
 */
public interface DurableLog extends AutoCloseable {
    /**
     * Adds records in order. Each index must lie in {@code firstIndex..lastIndex+1}; one that is already there is
     * replaced, later ones stay.
     */
    void append(List<LogRecord> records) throws IOException;

    /** Sets a small register; the newest value survives every truncation. {@code id} is 0..15. */
    void setRegister(int id, byte[] value) throws IOException;

    /** The register's last value set, synced or not; null when never set. */
    byte @Nullable [] register(int id);

    /** Returns once everything written so far survives a power cut. */
    void sync() throws IOException;

    /** The record at {@code index}, synced or not; null outside {@code firstIndex..lastIndex}. */
    @Nullable LogRecord read(long index) throws IOException;

    /**
     * Moves the bounds: entries below {@code firstIndex} or above {@code lastIndex} are forgotten. With
     * {@code firstIndex == lastIndex + 1} the log is empty and goes on at {@code firstIndex}, which may lie beyond the
     * present end (after a snapshot was installed).
     */
    void truncate(long firstIndex, long lastIndex) throws IOException;

    /** The present bounds; {@code last == first - 1} when empty. A new log has first 1. */
    Bounds bounds();

    /** The indexes of all entries of special kinds, in order, without a look at the others. */
    List<Long> special();

    @Override
    void close() throws IOException;

    /** The indexes the log holds. */
    record Bounds(long first, long last) {
        public boolean contains(long index) {
            return index >= first && index <= last;
        }
    }
}
