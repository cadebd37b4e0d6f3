package dev.attune.store;

import dev.attune.model.kv.KeyRange;

/**
 * What a watcher wants to see.
 *
 * @param startRevision first revision of interest; 0 for everything after the present one; may lie in the future (W8)
 * @param previous whether events carry the key as it was before
 * @param puts whether puts are delivered
 * @param deletes whether deletes are delivered
 * @param progress whether progress marks are sent when idle (W6)
 * @param fragmentBytesMax a revision's events are split into fragments of about this size; 0 never splits
 */
public record WatchSpec(
        KeyRange range,
        long startRevision,
        boolean previous,
        boolean puts,
        boolean deletes,
        boolean progress,
        int fragmentBytesMax) {
    /** Everything in {@code range} from {@code startRevision}, with progress marks, unsplit. */
    public static WatchSpec of(KeyRange range, long startRevision) {
        return new WatchSpec(range, startRevision, false, true, true, true, 0);
    }
}
