package dev.attune.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The real file system. */
public final class FileDisk implements Disk {
    private static final String LOCK_FILE = "LOCK";

    @Override
    public Closeable lock(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(LOCK_FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            throw new IOException(directory + " is in use by another process or another instance in this one");
        }
        return channel;
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new ChannelFile(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new ChannelFile(file, FileChannel.open(file, StandardOpenOption.WRITE));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Reads go through a channel of their own: a channel is closed for everyone when one of its users is interrupted,
     * and a reader must not be able to end the writer that way.
     */
    private static final class ChannelFile implements DiskFile {
        private final FileChannel writer;
        private final Object readerLock = new Object();
        private final Path path;
        private @Nullable FileChannel reader;
        private volatile boolean closed;

        ChannelFile(Path path, FileChannel writer) throws IOException {
            this.path = path;
            this.writer = writer;
            this.reader = FileChannel.open(path, StandardOpenOption.READ);
        }

        @Override
        public long size() throws IOException {
            return writer.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            boolean interrupted = Thread.interrupted();
            try {
                int start = target.position();
                while (true) {
                    try {
                        return readFully(reader(), target, position);
                    } catch (ClosedByInterruptException e) {
                        interrupted = Thread.interrupted() || interrupted;
                        target.position(start);
                    } catch (AsynchronousCloseException e) {
                        target.position(start);
                    }
                }
            } finally {
                if (interrupted) Thread.currentThread().interrupt();
            }
        }

        private static int readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int count = channel.read(target, position + total);
                if (count < 0) break;
                total += count;
            }
            return total;
        }

        private FileChannel reader() throws IOException {
            synchronized (readerLock) {
                if (closed) throw new ClosedChannelException();
                FileChannel channel = reader;
                if (channel == null || !channel.isOpen()) {
                    channel = FileChannel.open(path, StandardOpenOption.READ);
                    reader = channel;
                }
                return channel;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            while (source.hasRemaining()) at += writer.write(source, at);
        }

        @Override
        public void force() throws IOException {
            writer.force(false);
        }

        @Override
        public void close() throws IOException {
            synchronized (readerLock) {
                closed = true;
                FileChannel channel = reader;
                if (channel != null) channel.close();
            }
            writer.close();
        }
    }
}
