package dev.attune.store;

import dev.attune.model.ErrorCode;

/** What a watcher is told, in order (W1). */
public sealed interface WatchMessage permits WatchEvents, WatchMessage.Progress, WatchMessage.Cancelled {

    /** Everything up to and including {@code revision} was delivered (W6). */
    record Progress(long revision) implements WatchMessage {}

    /**
     * The watch has ended and delivers nothing more.
     *
     * @param compactedRevision for {@code COMPACTED}: the oldest revision still readable, else 0
     */
    record Cancelled(ErrorCode code, String message, long compactedRevision) implements WatchMessage {}
}
