package dev.attune.storage.snapshot;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import dev.attune.storage.disk.FileDisk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The snapshots in a directory, named by the last entry in them. A file has its name only once it is whole and
 * synced. Writing methods are called by one thread at a time, reading ones by any.
 */
public final class SnapshotFiles {
    private static final String PREFIX = "snapshot-";
    private static final String TEMPORARY = ".tmp";

    private final Disk disk;
    private final Path directory;

    private SnapshotFiles(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Opens or makes the directory and removes what unfinished writes left behind. */
    public static SnapshotFiles open(Path directory) throws IOException {
        Files.createDirectories(directory);
        return open(new FileDisk(), directory);
    }

    /** As {@link #open(Path)}, in a directory of another disk. */
    public static SnapshotFiles open(Disk disk, Path directory) throws IOException {
        SnapshotFiles files = new SnapshotFiles(disk, directory);
        for (String name : disk.list(directory)) {
            if (name.startsWith(PREFIX) && name.endsWith(TEMPORARY)) disk.delete(directory.resolve(name));
        }
        return files;
    }

    /** Writes a snapshot and returns its file once it survives a power cut; replaces one of the same index. */
    public Path write(SnapshotHeader header, Content content) throws IOException {
        Path file = path(header.index());
        write(disk, file, header, content);
        return file;
    }

    /** Takes over a snapshot in its file form (a backup, a peer's), checked as it is copied. */
    public SnapshotHeader adopt(InputStream file) throws IOException {
        SnapshotReader reader = new SnapshotReader(file);
        write(reader.header(), out -> reader.transferTo(out));
        return reader.header();
    }

    /** The indexes of all snapshots, newest first. */
    public List<Long> list() throws IOException {
        List<Long> indexes = new ArrayList<>();
        for (String name : disk.list(directory)) {
            String digits = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
            if (digits.matches("[0-9]{19}")) indexes.add(Long.parseLong(digits));
        }
        indexes.sort(Comparator.reverseOrder());
        return indexes;
    }

    /** The newest snapshot that is whole; damaged ones are passed over. */
    public OptionalLong newestIntact() throws IOException {
        for (long index : list()) {
            try (SnapshotReader reader = read(index)) {
                reader.verify();
                return OptionalLong.of(index);
            } catch (DamagedSnapshotException e) {
                // An older one may still serve; the damaged file stays for whoever looks into it.
            }
        }
        return OptionalLong.empty();
    }

    /** The content of a snapshot, checked as it is read. */
    public SnapshotReader read(long index) throws IOException {
        return read(disk, path(index));
    }

    /** The file of a snapshot; its bytes are what {@link #adopt} takes. */
    public Path path(long index) {
        return directory.resolve(PREFIX + String.format("%019d", index));
    }

    /** Deletes all but the newest {@code keep}. */
    public void prune(int keep) throws IOException {
        if (keep < 1) throw new IllegalArgumentException("keep: " + keep + " (expected: >= 1)");
        List<Long> indexes = list();
        if (indexes.size() <= keep) return;
        for (long index : indexes.subList(keep, indexes.size())) disk.delete(path(index));
        disk.syncDirectory(directory);
    }

    /** Writes one snapshot to {@code file} by way of a temporary file beside it. */
    public static void write(Disk disk, Path file, SnapshotHeader header, Content content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        disk.delete(temporary);
        try {
            try (DiskFile target = disk.create(temporary)) {
                SnapshotWriter writer = new SnapshotWriter(new FileOutput(target), header);
                content.writeTo(writer);
                writer.finish();
                target.force();
            }
            disk.rename(temporary, file);
        } catch (IOException | RuntimeException | Error e) {
            disk.delete(temporary);
            throw e;
        }
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) disk.syncDirectory(parent);
    }

    /** Opens one snapshot file. */
    public static SnapshotReader read(Disk disk, Path file) throws IOException {
        DiskFile source = disk.open(file);
        try {
            return new SnapshotReader(new BufferedInputStream(new FileInput(source), 64 << 10));
        } catch (IOException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** Gives the bytes of a snapshot. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it to {@code out}, which it does not close. */
        void writeTo(OutputStream out) throws IOException;
    }

    private static final class FileOutput extends OutputStream {
        private final DiskFile file;
        private long position;

        FileOutput(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(ByteBuffer.wrap(bytes, offset, length), position);
            position += length;
        }
    }

    private static final class FileInput extends InputStream {
        private final DiskFile file;
        private long position;

        FileInput(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) return 0;
            int count = file.read(ByteBuffer.wrap(target, offset, length), position);
            position += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
