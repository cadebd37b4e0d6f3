package dev.attune.model.kv;

import dev.attune.model.Bytes;

/**
 * One key as of one revision.
 *
 * @param createRevision revision of the put that created this generation of the key
 * @param modRevision revision of the last change; for a delete event the revision of the delete
 * @param version puts since creation, 1 for the first; 0 in a delete event
 * @param leaseId the lease the key is attached to, or 0
 */
public record KeyValue(Bytes key, Bytes value, long createRevision, long modRevision, long version, long leaseId) {
    /** What a delete at {@code revision} leaves of {@code key} in its event. */
    public static KeyValue deleted(Bytes key, long revision) {
        return new KeyValue(key, Bytes.EMPTY, 0, revision, 0, 0);
    }

    public KeyValue withoutValue() {
        return new KeyValue(key, Bytes.EMPTY, createRevision, modRevision, version, leaseId);
    }

    /** Whether this is the mark of a delete. */
    public boolean isDeleted() {
        return version == 0;
    }
}
