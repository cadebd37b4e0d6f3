package dev.attune.storage.revisions;

import dev.attune.model.Bytes;
import dev.attune.storage.disk.FileDisk;
import dev.attune.store.RevisionStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Records in a copy-on-write tree in one file.
 *
 * <p>Idea: batches gather in memory; after enough of them {@link #commit} writes the changed pages to the file as one
 * new version, without a sync. So the file always holds whole batches, and after a crash of the process opens at the
 * last version written. Only {@link #sync} and {@link #close} wait for the disk; after a crash of the machine in
 * between the store is not trusted (see {@link TrustFile}).
 *
 * <p>Any method throws {@link DamagedStoreException} when it meets damage. A reading thread must not be interrupted:
 * that would close the file.
 */
public final class MvRevisionStore implements RevisionStore {
    private static final String FILE = "revisions.mv";
    private static final String MAP = "records";
    // Holds one entry from the beginning of a restore to its end.
    private static final String RESTORE_MAP = "restore";
    private static final String RESTORE_OPEN = "open";
    private static final int RETENTION_MILLIS = 5_000;

    private static final int COMPACT_EVERY_WRITES = 16;
    private static final int COMPACT_FILL_PERCENT = 60;
    private static final int COMPACT_BYTES = 1 << 20;

    private final RevisionOptions options;
    private final Closeable lock;
    private final TrustFile trust;
    private final MVStore store;
    private final MVMap<Place, CheckedRecord> map;
    private final MVMap<String, String> restore;

    // What each place held before the open batch wrote to it, oldest first.
    private final List<Former> batch = new ArrayList<>();
    private boolean cleared;

    private long gatheredBytes;
    private int gatheredBatches;
    private int writes;
    private boolean closed;

    private MvRevisionStore(
            RevisionOptions options,
            Closeable lock,
            TrustFile trust,
            MVStore store,
            MVMap<Place, CheckedRecord> map,
            MVMap<String, String> restore) {
        this.options = options;
        this.lock = lock;
        this.trust = trust;
        this.store = store;
        this.map = map;
        this.restore = restore;
    }

    /**
     * Opens the store in {@code directory}, or makes an empty one.
     *
     * @throws DamagedStoreException when what is there cannot be trusted
     * @throws IOException when another process has it open, or the disk fails
     */
    public static MvRevisionStore open(Path directory, RevisionOptions options) throws IOException {
        return open(directory, options, TrustFile.currentBoot());
    }

    static MvRevisionStore open(Path directory, RevisionOptions options, String boot) throws IOException {
        FileDisk disk = new FileDisk();
        Closeable lock = disk.lock(directory);
        boolean done = false;
        try {
            TrustFile trust = new TrustFile(disk, directory, boot);
            Path file = directory.resolve(FILE);
            if (Files.exists(file) && !trust.trusted()) {
                throw new DamagedStoreException(
                        file + " was open when the machine went down; what was not synced may be missing", null);
            }
            trust.markOpen();
            MvRevisionStore store = open(file, options, lock, trust);
            done = true;
            return store;
        } finally {
            if (!done) lock.close();
        }
    }

    private static MvRevisionStore open(Path file, RevisionOptions options, Closeable lock, TrustFile trust) {
        MVStore store = null;
        try {
            store = new MVStore.Builder()
                    .fileName(file.toAbsolutePath().toString())
                    .autoCommitDisabled()
                    .autoCommitBufferSize(0)
                    .autoCompactFillRate(0)
                    .cacheSize(options.cacheMebibytes())
                    .open();
            store.setVersionsToKeep(0);
            store.setRetentionTime(RETENTION_MILLIS);
            MVMap<Place, CheckedRecord> map = store.openMap(
                    MAP,
                    new MVMap.Builder<Place, CheckedRecord>()
                            .keyType(new PlaceType())
                            .valueType(new CheckedRecordType()));
            MVMap<String, String> restore = store.openMap(RESTORE_MAP);
            if (!restore.isEmpty())
                throw new DamagedStoreException(file + " was being restored when its process ended", null);
            return new MvRevisionStore(options, lock, trust, store, map, restore);
        } catch (RuntimeException e) {
            if (store != null) store.closeImmediately();
            if (e instanceof DamagedStoreException known) throw known;
            throw new DamagedStoreException(file + " cannot be opened", e);
        }
    }

    /** Removes the store in {@code directory}, which nobody may have open. */
    public static void delete(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return;
        FileDisk disk = new FileDisk();
        Closeable held = disk.lock(directory);
        try (held) {
            disk.delete(directory.resolve(FILE));
            disk.delete(directory.resolve(TrustFile.NAME));
            disk.syncDirectory(directory);
        }
    }

    @Override
    public void put(long revision, int sub, @Nullable Bytes record) {
        Place place = new Place(revision, sub);
        try {
            CheckedRecord former =
                    record == null ? map.remove(place) : map.put(place, CheckedRecord.of(revision, sub, record));
            if (!cleared) batch.add(new Former(place, former));
        } catch (MVStoreException e) {
            throw failed(e);
        }
        gatheredBytes += record == null ? 16 : 16 + record.size();
        // A whole state is no batch that memory could hold.
        if (cleared && gatheredBytes >= options.writeBytes()) writeChecked();
    }

    @Override
    public @Nullable Bytes get(long revision, int sub) {
        CheckedRecord record;
        try {
            record = map.get(new Place(revision, sub));
        } catch (MVStoreException e) {
            throw failed(e);
        }
        return record == null ? null : record.at(revision, sub);
    }

    @Override
    public void scan(long fromRevision, long toRevision, Visitor visitor) {
        if (fromRevision >= toRevision) return;
        visit(map.cursor(new Place(fromRevision, Integer.MIN_VALUE)), toRevision, visitor);
    }

    /** Writes to the file only when enough has gathered, and then now and then reclaims some of its dead space. */
    @Override
    public void commit() {
        batch.clear();
        if (cleared) {
            restore.clear();
            cleared = false;
            writeChecked();
            return;
        }
        gatheredBatches++;
        if (gatheredBytes < options.writeBytes() && gatheredBatches < options.writeBatches()) return;
        try {
            write();
            if (++writes % COMPACT_EVERY_WRITES == 0) store.compact(COMPACT_FILL_PERCENT, COMPACT_BYTES);
        } catch (MVStoreException e) {
            throw failed(e);
        }
    }

    /**
     * Writes all committed batches to the file and returns once they survive a power cut. Called by the owner between
     * batches.
     */
    public void sync() {
        if (!batch.isEmpty() || cleared) throw new IllegalStateException("sync within a batch");
        try {
            write();
            store.sync();
        } catch (MVStoreException e) {
            throw failed(e);
        }
    }

    /** Costs a write of what has gathered. Within a batch that began with {@link #clear} there is no view to give. */
    @Override
    public View freeze() {
        if (cleared) throw new IllegalStateException("freeze after clear, before commit");
        List<Former> later = undoBatch();
        MVStore.TxCounter usage = store.registerVersionUsage();
        try {
            long version = store.getCurrentVersion();
            write();
            return new FrozenVersion(map.openVersion(version), usage);
        } catch (RuntimeException e) {
            store.deregisterVersionUsage(usage);
            throw failed(e);
        } finally {
            redo(later);
        }
    }

    /** From here to {@link #commit} the file says that it is not whole, so any of it may be written. */
    @Override
    public void clear() {
        try {
            map.clear();
            restore.put(RESTORE_OPEN, RESTORE_OPEN);
        } catch (MVStoreException e) {
            throw failed(e);
        }
        batch.clear();
        cleared = true;
    }

    /** How many bytes the file has now. */
    public long fileBytes() {
        return store.getFileStore().size();
    }

    /** Leaves out the open batch, syncs the rest. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try {
            if (cleared) {
                store.closeImmediately();
            } else {
                undoBatch();
                write();
                store.sync();
                store.close();
                trust.markClean();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MVStoreException e) {
            store.closeImmediately();
            throw failed(e);
        } finally {
            release();
        }
    }

    private void release() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeChecked() {
        try {
            write();
        } catch (MVStoreException e) {
            throw failed(e);
        }
    }

    private void write() {
        store.commit();
        gatheredBytes = 0;
        gatheredBatches = 0;
    }

    /** Takes the open batch out of the map; returns what is needed to put it back. */
    private List<Former> undoBatch() {
        List<Former> undone = new ArrayList<>();
        for (int i = batch.size() - 1; i >= 0; i--) {
            Former former = batch.get(i);
            undone.add(new Former(former.place(), set(former.place(), former.record())));
        }
        return undone;
    }

    private void redo(List<Former> undone) {
        for (int i = undone.size() - 1; i >= 0; i--) {
            Former each = undone.get(i);
            set(each.place(), each.record());
        }
    }

    private @Nullable CheckedRecord set(Place place, @Nullable CheckedRecord record) {
        return record == null ? map.remove(place) : map.put(place, record);
    }

    private static void visit(Cursor<Place, CheckedRecord> cursor, long toRevision, Visitor visitor) {
        Place previous = null;
        try {
            while (cursor.hasNext()) {
                Place at = cursor.next();
                if (previous != null && previous.compareTo(at) >= 0) {
                    throw new DamagedStoreException("records are out of order at revision " + at.revision(), null);
                }
                previous = at;
                if (at.revision() >= toRevision) return;
                Bytes bytes = cursor.getValue().at(at.revision(), at.sub());
                if (!visitor.visit(at.revision(), at.sub(), bytes)) return;
            }
        } catch (MVStoreException e) {
            throw failed(e);
        }
    }

    private static RuntimeException failed(RuntimeException e) {
        return e instanceof DamagedStoreException ? e : new DamagedStoreException("the store failed", e);
    }

    private record Former(Place place, @Nullable CheckedRecord record) {}

    private final class FrozenVersion implements View {
        private final MVMap<Place, CheckedRecord> version;
        private final MVStore.TxCounter usage;

        FrozenVersion(MVMap<Place, CheckedRecord> version, MVStore.TxCounter usage) {
            this.version = version;
            this.usage = usage;
        }

        @Override
        public void scan(Visitor visitor) {
            visit(version.cursor(null), Long.MAX_VALUE, visitor);
        }

        @Override
        public void close() {
            store.deregisterVersionUsage(usage);
        }
    }
}
