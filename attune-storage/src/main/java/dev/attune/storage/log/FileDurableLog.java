package dev.attune.storage.log;

import dev.attune.storage.disk.Disk;
import dev.attune.storage.disk.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable log in a directory of its own.
 *
 * <p>Idea: everything is a record at the end of the newest segment, also truncations and registers; nothing is ever
 * written over. Each segment begins with a checkpoint of bounds and registers, so older segments are simply deleted
 * once none of their entries is needed; that happens in {@link #sync} after the truncation itself is durable.
 *
 * <p>Writing methods gather records in a buffer; {@link #sync} is one write and one fdatasync. Each sync is followed by
 * a mark, which lets opening tell damage from a torn tail (see {@link LogRecovery}).
 *
 * <p>Concurrency: one writer at a time. {@link #state} guards what readers share with it; it is never held during a
 * write or sync. A thread interrupted while it writes closes the file underneath, which is fatal like any failure.
 */
public final class FileDurableLog implements DurableLog {
    private final Disk disk;
    private final Path directory;
    private final LogOptions options;
    private final Closeable lock;
    private final SegmentReserve reserve;
    private final SyncedEnd said;
    private final SegmentWriter writer;

    private final LogState state;
    private final TailCache cache;

    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    // Bounds with all written so far, those of records of an unfinished append too; the writer's own.
    private Bounds written;

    /** Where the log lies, held against other processes. */
    private record Home(Disk disk, Path directory, Closeable lock) {}

    private FileDurableLog(
            Home home,
            LogOptions options,
            LogState state,
            SegmentReserve reserve,
            SyncedEnd said,
            SegmentWriter writer) {
        this.disk = home.disk;
        this.directory = home.directory;
        this.options = options;
        this.lock = home.lock;
        this.state = state;
        this.reserve = reserve;
        this.said = said;
        this.writer = writer;
        this.cache = new TailCache(options.cacheBytes());
        this.written = state.bounds();
        cache.retain(written.first(), written.last());
    }

    /**
     * Opens the log in {@code directory}, or makes a new one. What a crash tore off behind the last sync is cut; all
     * that is left is synced.
     *
     * @throws DamagedLogException when anything that was synced is not as it was written
     * @throws IOException when another process has it open, or the disk fails
     */
    public static FileDurableLog open(Path directory, LogOptions options) throws IOException {
        return open(new FileDisk(), directory, options);
    }

    /** As {@link #open(Path, LogOptions)}, on another disk. */
    public static FileDurableLog open(Disk disk, Path directory, LogOptions options) throws IOException {
        Closeable lock = disk.lock(directory);
        LogRecovery recovery = new LogRecovery(disk, directory);
        SyncedEnd said = null;
        boolean done = false;
        try {
            SegmentWriter.Tail tail = recovery.run();
            LogState state = recovery.state();
            SegmentReserve reserve = new SegmentReserve(disk, directory, options);
            if (tail == null) {
                SegmentHeader header = new SegmentHeader(
                        1, SegmentWriter.sizeFor(options, state, 0), new SecureRandom().nextInt(), 0, 0);
                tail = SegmentWriter.create(disk, directory, reserve, header, state, state.bounds());
                state.segments.add(tail.segment());
            }
            disk.syncDirectory(directory);
            said = SyncedEnd.open(disk, directory);
            SegmentWriter writer = new SegmentWriter(disk, directory, options, reserve, said, tail);
            // What the last process wrote may still wait in the operating system; from here on it is relied upon.
            writer.settle();
            FileDurableLog log =
                    new FileDurableLog(new Home(disk, directory, lock), options, state, reserve, said, writer);
            reserve.start();
            done = true;
            return log;
        } finally {
            if (!done) {
                if (said != null) said.close();
                for (Segment segment : recovery.state().segments) segment.file.close();
                lock.close();
            }
        }
    }

    /**
     * Whether no further segment could be made ahead of the log. The log still goes on with what is reserved; take no
     * new data until this is false again.
     */
    public boolean lowOnSpace() {
        return reserve.lowOnSpace();
    }

    @Override
    public void append(List<LogRecord> records) throws IOException {
        requireUsable();
        requireLegal(records);
        long[] positions = new long[records.size()];
        try {
            for (int i = 0; i < positions.length; i++) positions[i] = write(records.get(i));
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
        synchronized (state) {
            for (int i = 0; i < positions.length; i++) {
                LogRecord record = records.get(i);
                state.entryWritten(record.index(), record.kind(), positions[i]);
                cache.put(record);
            }
            cache.evict(state.positions, writer.writtenEnd());
        }
    }

    private void requireLegal(List<LogRecord> records) {
        long last = written.last();
        for (LogRecord record : records) {
            if (record.index() < written.first() || record.index() > last + 1) {
                throw new IllegalArgumentException(
                        "index: " + record.index() + " (expected: " + written.first() + ".." + (last + 1) + ")");
            }
            requireSize("payload", record.payload().length);
            last = Math.max(last, record.index());
        }
    }

    private void requireSize(String name, int bytes) {
        if (bytes > options.payloadBytesMax()) {
            throw new IllegalArgumentException(
                    name + ": " + bytes + " bytes (expected: <= " + options.payloadBytesMax() + ")");
        }
    }

    private long write(LogRecord record) throws IOException {
        byte[] payload = record.payload();
        int body = RecordFormat.ENTRY_HEADER_BYTES + payload.length;
        long position = begin(RecordFormat.ENTRY, record.kind(), body);
        writer.body().putLong(record.index()).putLong(record.term()).put(payload);
        writer.finish();
        if (record.index() > written.last()) written = new Bounds(written.first(), record.index());
        return position;
    }

    private long begin(byte type, int kind, int bodyBytes) throws IOException {
        if (!writer.fits(bodyBytes)) {
            Segment next = writer.roll(state, written, bodyBytes);
            synchronized (state) {
                state.segments.add(next);
            }
        }
        return writer.begin(type, kind, bodyBytes);
    }

    @Override
    public void setRegister(int id, byte[] value) throws IOException {
        requireUsable();
        requireId(id);
        requireSize("value", value.length);
        byte[] copy = value.clone();
        try {
            begin(RecordFormat.REGISTER, 0, 1 + copy.length);
            writer.body().put((byte) id).put(copy);
            writer.finish();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
        synchronized (state) {
            state.registers.put(id, copy);
        }
    }

    @Override
    public byte @Nullable [] register(int id) {
        requireId(id);
        synchronized (state) {
            byte[] value = state.registers.get(id);
            return value == null ? null : value.clone();
        }
    }

    private static void requireId(int id) {
        if (id < 0 || id >= LogState.REGISTERS) {
            throw new IllegalArgumentException("id: " + id + " (expected: 0.." + (LogState.REGISTERS - 1) + ")");
        }
    }

    @Override
    public void truncate(long firstIndex, long lastIndex) throws IOException {
        requireUsable();
        if (!LogState.legalTruncation(written, firstIndex, lastIndex)) {
            throw new IllegalArgumentException(
                    "bounds: " + firstIndex + ".." + lastIndex + " (expected: within " + written + " or empty)");
        }
        Bounds target = new Bounds(firstIndex, lastIndex);
        if (target.equals(written)) return;
        try {
            begin(RecordFormat.TRUNCATE, 0, 16);
            writer.body().putLong(firstIndex).putLong(lastIndex);
            writer.finish();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
        written = target;
        synchronized (state) {
            state.truncated(firstIndex, lastIndex);
            cache.retain(firstIndex, lastIndex);
        }
    }

    @Override
    public void sync() throws IOException {
        requireUsable();
        if (!writer.dirty()) return;
        try {
            writer.sync();
            deleteDead();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    private void deleteDead() throws IOException {
        List<Segment> dead;
        synchronized (state) {
            dead = state.takeDead();
            cache.evict(state.positions, writer.writtenEnd());
        }
        for (Segment segment : dead) {
            segment.file.close();
            disk.delete(segment.path);
        }
        if (!dead.isEmpty()) disk.syncDirectory(directory);
    }

    @Override
    public @Nullable LogRecord read(long index) throws IOException {
        while (true) {
            requireUsable();
            Segment segment;
            long position;
            synchronized (state) {
                if (!state.positions.contains(index)) return null;
                LogRecord record = cache.get(index);
                if (record != null) return record;
                position = state.positions.get(index);
                segment = state.segmentOf(position);
            }
            try {
                return segment.readEntry(Segment.offsetOf(position), index);
            } catch (IOException e) {
                // The segment may have been deleted meanwhile, or the entry moved; look again.
                synchronized (state) {
                    if (state.positions.contains(index) && state.positions.get(index) == position) throw e;
                }
            }
        }
    }

    @Override
    public Bounds bounds() {
        synchronized (state) {
            return state.bounds();
        }
    }

    @Override
    public List<Long> special() {
        synchronized (state) {
            return List.copyOf(state.special);
        }
    }

    /** Syncs what is left, unless the log has failed, and lets others open it. */
    @Override
    public void close() throws IOException {
        if (closed) return;
        closed = true;
        reserve.close();
        try {
            if (failure == null) writer.settle();
        } finally {
            said.close();
            synchronized (state) {
                for (Segment segment : state.segments) segment.file.close();
            }
            lock.close();
        }
    }

    private void requireUsable() throws IOException {
        Throwable cause = failure;
        if (cause != null) throw new IOException("the log failed before and takes no further calls", cause);
        if (closed) throw new IOException("the log is closed");
    }
}
