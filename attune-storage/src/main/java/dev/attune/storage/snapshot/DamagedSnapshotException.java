package dev.attune.storage.snapshot;

import java.io.IOException;

/** A snapshot is not as it was written, or is no snapshot: use an older one or a peer's. */
public final class DamagedSnapshotException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedSnapshotException(String message) {
        super(message);
    }
}
