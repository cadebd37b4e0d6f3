package dev.attune.storage.log;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which segment is the newest and how much of it is synced, in a file of its own: without it a log whose newest segment
 * or last blocks are gone would look like a shorter log that is whole.
 *
 * <p>It says less than there is, never more: a new segment is durable before its number is written, and an end is
 * written after the sync. A number is synced before anything in the segment is relied upon; an end is not synced on its
 * own. Two places are written in turn, so that a torn write leaves what was said before.
 */
final class SyncedEnd implements Closeable {
    static final String NAME = "synced-end";

    private static final long MAGIC = 0x41_54_54_55_4e_45_4e_44L; // ATTUNEND
    private static final int SLOT_BYTES = 28;
    private static final int SLOT_DISTANCE = 4096;

    private final DiskFile file;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);
    private final CRC32C crc = new CRC32C();
    private int next;

    private SyncedEnd(DiskFile file, int next) {
        this.file = file;
        this.next = next;
    }

    /** What the file says; {@code number} is 0 when it says nothing. */
    record Said(long number, long end) {
        private boolean atLeast(Said other) {
            return number > other.number || number == other.number && end >= other.end;
        }
    }

    /** Opens the file, or makes it durably; the log's segments must be durable by then. */
    static SyncedEnd open(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        boolean there = disk.list(directory).contains(NAME);
        DiskFile file = there ? disk.open(path) : disk.create(path);
        try {
            if (!there) disk.syncDirectory(directory);
            return new SyncedEnd(file, read(file, 0).atLeast(read(file, 1)) ? 1 : 0);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** What is said in {@code directory}; null when there is no such file. */
    static @Nullable Said in(Disk disk, Path directory) throws IOException {
        if (!disk.list(directory).contains(NAME)) return null;
        try (DiskFile file = disk.open(directory.resolve(NAME))) {
            Said first = read(file, 0);
            Said second = read(file, 1);
            return first.atLeast(second) ? first : second;
        }
    }

    /** Says that the segment is synced up to {@code end}. */
    void say(long number, long end) throws IOException {
        slot.clear();
        slot.putLong(MAGIC).putLong(number).putLong(end);
        slot.putInt(check(slot, crc)).flip();
        file.write(slot, (long) next * SLOT_DISTANCE);
        next = 1 - next;
    }

    /** Returns once what was said is durable. */
    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static Said read(DiskFile file, int which) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES);
        if (file.read(slot, (long) which * SLOT_DISTANCE) < SLOT_BYTES
                || slot.getLong(0) != MAGIC
                || slot.getInt(SLOT_BYTES - 4) != check(slot, new CRC32C())) return new Said(0, 0);
        return new Said(slot.getLong(8), slot.getLong(16));
    }

    private static int check(ByteBuffer slot, CRC32C crc) {
        crc.reset();
        crc.update(slot.duplicate().position(0).limit(SLOT_BYTES - 4));
        return (int) crc.getValue();
    }
}
