package dev.attune.storage.disk;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A disk in memory that remembers each change in order, for {@link Crash} to replay, and can be told to fail. */
public final class CrashDisk implements Disk {
    private final Map<Path, Integer> names = new TreeMap<>();
    private final List<byte[]> contents = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final Map<Path, byte[]> start;
    private Fault fault = change -> {};

    /** An empty disk. */
    public CrashDisk() {
        this(Map.of());
    }

    /** A disk on which these files are durable. */
    public CrashDisk(Map<Path, byte[]> files) {
        start = new TreeMap<>(files);
        start.forEach((path, bytes) -> {
            names.put(path, contents.size());
            contents.add(bytes.clone());
        });
    }

    /** One change of the disk. */
    public sealed interface Change {
        /** A new empty file. */
        record Create(Path path, int file) implements Change {}

        /** Bytes written into a file. */
        record Write(int file, long position, byte[] bytes) implements Change {}

        /** A file's content became durable. */
        record Force(int file) implements Change {}

        /** A file has another name. */
        record Rename(Path from, Path to, int file) implements Change {}

        /** A name is gone. */
        record Delete(Path path) implements Change {}

        /** All names became durable. */
        record SyncNames() implements Change {}
    }

    /** Is asked before each change and may refuse it. */
    @FunctionalInterface
    public interface Fault {
        void before(Change change) throws IOException;
    }

    public synchronized void failWith(Fault newFault) {
        fault = newFault;
    }

    /** How many changes there were so far. */
    public synchronized int changeCount() {
        return changes.size();
    }

    public synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    /** The files this disk began with, all durable. */
    public Map<Path, byte[]> start() {
        return start;
    }

    /** All files as they are now, synced or not. */
    public synchronized Map<Path, byte[]> files() {
        Map<Path, byte[]> files = new TreeMap<>();
        names.forEach((path, file) -> files.put(path, contents.get(file).clone()));
        return files;
    }

    private void note(Change change) throws IOException {
        fault.before(change);
        changes.add(change);
    }

    @Override
    public Closeable lock(Path directory) {
        return () -> {};
    }

    @Override
    public synchronized List<String> list(Path directory) {
        return names.keySet().stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public synchronized DiskFile create(Path path) throws IOException {
        if (names.containsKey(path)) throw new FileAlreadyExistsException(path.toString());
        int file = contents.size();
        note(new Change.Create(path, file));
        names.put(path, file);
        contents.add(new byte[0]);
        return new MemoryFile(file);
    }

    @Override
    public synchronized DiskFile open(Path path) throws IOException {
        Integer file = names.get(path);
        if (file == null) throw new FileNotFoundException(path.toString());
        return new MemoryFile(file);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        Integer file = names.get(from);
        if (file == null) throw new FileNotFoundException(from.toString());
        note(new Change.Rename(from, to, file));
        names.remove(from);
        names.put(to, file);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        if (!names.containsKey(path)) return;
        note(new Change.Delete(path));
        names.remove(path);
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        note(new Change.SyncNames());
    }

    private final class MemoryFile implements DiskFile {
        private final int file;

        MemoryFile(int file) {
            this.file = file;
        }

        @Override
        public long size() {
            synchronized (CrashDisk.this) {
                return contents.get(file).length;
            }
        }

        @Override
        public int read(ByteBuffer target, long position) {
            synchronized (CrashDisk.this) {
                byte[] bytes = contents.get(file);
                int count = (int) Math.max(0, Math.min(target.remaining(), bytes.length - position));
                if (count > 0) target.put(bytes, (int) position, count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (CrashDisk.this) {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                note(new Change.Write(file, position, bytes));
                contents.set(file, overwrite(contents.get(file), position, bytes, bytes.length));
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (CrashDisk.this) {
                note(new Change.Force(file));
            }
        }

        @Override
        public void close() {}
    }

    /** {@code content} with the first {@code count} of {@code bytes} at {@code position}. */
    static byte[] overwrite(byte[] content, long position, byte[] bytes, int count) {
        int end = (int) position + count;
        byte[] result = end > content.length ? Arrays.copyOf(content, end) : content;
        System.arraycopy(bytes, 0, result, (int) position, count);
        return result;
    }
}
