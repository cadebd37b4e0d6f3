package dev.attune.storage.snapshot;

/**
 * What a snapshot is of.
 *
 * @param clusterId the cluster it was taken in; at most 256 characters
 * @param index the last log entry in it
 * @param term that entry's term
 */
public record SnapshotHeader(String clusterId, long index, long term) {
    public SnapshotHeader {
        if (clusterId.length() > 256) {
            throw new IllegalArgumentException("clusterId: " + clusterId.length() + " characters (expected: <= 256)");
        }
        if (index < 0) throw new IllegalArgumentException("index: " + index + " (expected: >= 0)");
        if (term < 0) throw new IllegalArgumentException("term: " + term + " (expected: >= 0)");
    }
}
