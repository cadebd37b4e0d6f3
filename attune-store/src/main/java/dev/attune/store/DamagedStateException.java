package dev.attune.store;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a {@link RevisionStore} or a snapshot is not what was written: a checksum or the state hash differs, or
 * something is missing. The member must not serve from it; it starts again from an intact snapshot and the log (G7).
 */
public final class DamagedStateException extends AttuneException {
    public DamagedStateException(String message) {
        this(message, null);
    }

    public DamagedStateException(String message, @Nullable Throwable cause) {
        super(ErrorCode.INTERNAL, message, cause);
    }
}
