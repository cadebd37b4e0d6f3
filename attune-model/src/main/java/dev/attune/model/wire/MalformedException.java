package dev.attune.model.wire;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Bytes that no encoder of ours wrote. */
public final class MalformedException extends AttuneException {
    public MalformedException(String message) {
        this(message, null);
    }

    public MalformedException(String message, @Nullable Throwable cause) {
        super(ErrorCode.INVALID_ARGUMENT, message, cause);
    }
}
