package dev.attune.storage.log;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Empty, zero-filled segment files made ahead of the log by a thread of its own, so that neither the time nor a lack of
 * space for them hits a write. Their blocks are written and synced, so a later sync need not touch the file's metadata.
 */
final class SegmentReserve implements Closeable {
    static final String SUFFIX = ".reserve";

    private static final int ZEROS_BYTES = 1 << 20;
    private static final long RETRY_MILLIS = 1_000;

    private final Disk disk;
    private final Path directory;
    private final LogOptions options;
    private final Deque<Path> ready = new ArrayDeque<>();
    private final @Nullable Thread thread;
    private int made;
    private boolean closed;
    private volatile boolean lowOnSpace;

    SegmentReserve(Disk disk, Path directory, LogOptions options) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        if (options.reserveSegments() == 0) {
            thread = null;
        } else {
            thread = new Thread(this::keepFilled, "attune-log-reserve");
            thread.setDaemon(true);
        }
    }

    void start() {
        Thread filler = thread;
        if (filler != null) filler.start();
    }

    /** Whether the newest attempt to make a segment ahead failed. */
    boolean lowOnSpace() {
        return lowOnSpace;
    }

    /** A synced, zero-filled file of exactly {@code bytes}, which the caller renames. */
    Path take(long bytes) throws IOException {
        Path file = null;
        int number;
        synchronized (this) {
            if (bytes == options.segmentBytes()) file = ready.poll();
            number = made++;
            notifyAll();
        }
        return file != null ? file : make(number, bytes);
    }

    @Override
    public void close() {
        Thread filler = thread;
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (filler == null) return;
        boolean interrupted = false;
        while (filler.isAlive()) {
            try {
                filler.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void keepFilled() {
        while (true) {
            int number;
            synchronized (this) {
                while (!closed && ready.size() >= options.reserveSegments()) waitFor(0);
                if (closed) return;
                number = made++;
            }
            try {
                Path file = make(number, options.segmentBytes());
                lowOnSpace = false;
                synchronized (this) {
                    ready.add(file);
                }
            } catch (IOException e) {
                // Most likely no space. The log goes on with what is ready; this clears by itself.
                lowOnSpace = true;
                synchronized (this) {
                    if (!closed) waitFor(RETRY_MILLIS);
                }
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Callers look again at what they wait for.
    private synchronized void waitFor(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private Path make(int number, long bytes) throws IOException {
        Path path = directory.resolve(number + SUFFIX);
        DiskFile file = disk.create(path);
        try (file) {
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, ZEROS_BYTES));
            for (long at = 0; at < bytes; at += zeros.limit()) {
                zeros.position(0).limit((int) Math.min(bytes - at, ZEROS_BYTES));
                file.write(zeros, at);
            }
            file.force();
        } catch (IOException e) {
            disk.delete(path);
            throw e;
        }
        return path;
    }
}
