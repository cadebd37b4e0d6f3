package dev.attune.tuning.policy;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;

/** A text is no valid policy; says where. Saving it unchanged fails again. */
public final class PolicyException extends AttuneException {
    private final int line;
    private final int column;

    PolicyException(int line, int column, String problem) {
        super(ErrorCode.INVALID_ARGUMENT, "line " + line + ", column " + column + ": " + problem);
        this.line = line;
        this.column = column;
    }

    /** 1-based. */
    public int line() {
        return line;
    }

    /** 1-based, in characters. */
    public int column() {
        return column;
    }
}
