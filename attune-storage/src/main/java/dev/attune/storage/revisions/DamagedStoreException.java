package dev.attune.storage.revisions;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be trusted. Nothing acknowledged is lost by that: delete it ({@link MvRevisionStore#delete}) and
 * build it again from a snapshot and the log.
 */
public final class DamagedStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
