package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The keys by revision: the index in memory over the values in the {@link RevisionStore}. Changes made between two
 * calls of {@link #endRevision} share one revision. One writer; readers only while nobody writes.
 */
final class Versions {
    private final RevisionStore revisions;
    private final KeyIndex index = new KeyIndex();
    private final Leases leases;
    private final RecentRevisions recent;
    private final HashSum hash;
    private long revision = 1;
    // -1 before the first compaction, as in etcd, so that compacting at 0 succeeds once.
    private long compacted = -1;
    // Changes made so far at revision + 1.
    private int changes;

    Versions(RevisionStore revisions, Leases leases, RecentRevisions recent, HashSum hash) {
        this.revisions = revisions;
        this.leases = leases;
        this.recent = recent;
        this.hash = hash;
    }

    long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    /** The revision that reads see: within a transaction that has changed something, the one being made. */
    long readRevision() {
        return changes == 0 ? revision : revision + 1;
    }

    int keyCount() {
        return index.size();
    }

    @Nullable KeyHistory history(Bytes key) {
        return index.get(key);
    }

    /** The keys of {@code range} that live in the newest state, by key. */
    Iterable<KeyHistory> live(KeyRange range) {
        return index.live(range);
    }

    /** By key, all of {@code range} that lived at {@code at}, and maybe more: ask {@link #existsAt}. */
    Iterable<KeyHistory> in(KeyRange range, long at) {
        return at >= readRevision() ? index.live(range) : index.all(range);
    }

    /** Refuses a revision that is compacted or not yet there; 0 means the newest. */
    void requireReadable(long at) {
        if (at == 0) return;
        if (at > revision)
            throw new AttuneException(
                    ErrorCode.FUTURE_REVISION, "revision: " + at + " (expected: <= " + revision + ", the newest)");
        if (at < compacted)
            throw new AttuneException(
                    ErrorCode.COMPACTED, "revision: " + at + " (expected: >= " + compacted + ", the oldest readable)");
    }

    /** The key as of {@code at}, or null when it did not exist then. */
    @Nullable KeyValue at(KeyHistory history, long at) {
        int entry = history.find(at);
        if (entry < 0 || history.deletedAt(entry)) return null;
        return read(history.revisionAt(entry), history.subAt(entry));
    }

    /** As {@link #at}, but without the value, and without reading it where memory knows the rest. */
    @Nullable KeyValue withoutValueAt(KeyHistory history, long at) {
        if (at < history.modRevision()) {
            KeyValue found = at(history, at);
            return found == null ? null : found.withoutValue();
        }
        if (!history.live()) return null;
        return new KeyValue(
                history.key(),
                Bytes.EMPTY,
                history.createRevision(),
                history.modRevision(),
                history.version(),
                history.leaseId());
    }

    boolean existsAt(KeyHistory history, long at) {
        int entry = history.find(at);
        return entry >= 0 && !history.deletedAt(entry);
    }

    KeyValue read(long at, int sub) {
        Bytes record = revisions.get(at, sub);
        if (record == null) throw SealedRecord.damaged(at, sub);
        return ChangeRecord.decode(record, at, sub);
    }

    void put(Bytes key, Bytes value, long leaseId) {
        long at = revision + 1;
        KeyHistory history = index.get(key);
        boolean live = history != null && history.live();
        long create = live && history != null ? history.createRevision() : at;
        long version = live && history != null ? history.version() + 1 : 1;
        leases.move(key, live && history != null ? history.leaseId() : 0, leaseId);
        write(new KeyValue(history == null ? key : history.key(), value, create, at, version, leaseId));
    }

    /** Deletes a key that lives. */
    void delete(KeyHistory history) {
        leases.move(history.key(), history.leaseId(), 0);
        write(KeyValue.deleted(history.key(), revision + 1));
    }

    private void write(KeyValue change) {
        long at = change.modRevision();
        int sub = changes++;
        byte[] record = ChangeRecord.encode(change, sub);
        revisions.put(at, sub, Bytes.wrap(record));
        hash.add(at, sub, record, record.length);
        index.append(change.key(), at, sub, change.createRevision(), change.version(), change.leaseId());
        recent.add(change);
    }

    /** Makes the changes since the last call one revision; without any, nothing happens. */
    void endRevision() {
        if (changes == 0) return;
        revision++;
        changes = 0;
        recent.complete(revision);
    }

    /** Forgets what only revisions before {@code at} could show. */
    void compact(long at) {
        if (at <= compacted)
            throw new AttuneException(
                    ErrorCode.COMPACTED, "revision: " + at + " (expected: > " + compacted + ", compacted already)");
        if (at > revision)
            throw new AttuneException(
                    ErrorCode.FUTURE_REVISION, "revision: " + at + " (expected: <= " + revision + ", the newest)");
        compacted = at;
        index.compact(at, this::forget);
    }

    private void forget(long at, int sub) {
        Bytes record = revisions.get(at, sub);
        if (record == null) throw SealedRecord.damaged(at, sub);
        hash.subtract(at, sub, record.unsafeArray(), record.size());
        revisions.put(at, sub, null);
    }

    /** Sets the scalars at the start of a load; {@link #load} follows for every change, in order. */
    void begin(long newRevision, long newCompacted) {
        index.clear();
        recent.clear();
        revision = newRevision;
        compacted = newCompacted;
        changes = 0;
    }

    /** Indexes a change found in the store; the leases must be known by now. */
    void load(long at, int sub, Bytes record) {
        KeyValue change = ChangeRecord.decode(record, at, sub);
        if (at > revision) throw new DamagedStateException("record at revision " + at + ": after " + revision);
        hash.add(at, sub, record.unsafeArray(), record.size());
        KeyHistory history = index.get(change.key());
        leases.move(change.key(), history == null ? 0 : history.leaseId(), change.leaseId());
        index.append(change.key(), at, sub, change.createRevision(), change.version(), change.leaseId());
    }
}
