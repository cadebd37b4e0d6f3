package dev.attune.model;

import org.jspecify.annotations.Nullable;

/** A request failed; {@link #code()} says what the caller may do next. The message is for people. */
public class AttuneException extends RuntimeException {
    private final ErrorCode code;

    public AttuneException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public AttuneException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
