package dev.attune.config.format;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;

/** A text is not valid in its format, or exceeds a bound; says where. Repeating it unchanged fails again. */
public final class InvalidDocumentException extends AttuneException {
    private final int line;
    private final int column;

    /**
     * @param line 1-based; 0 when the problem has no place
     * @param column 1-based, in characters; 0 when the problem has no place
     */
    public InvalidDocumentException(int line, int column, String problem) {
        super(ErrorCode.INVALID_ARGUMENT, line > 0 ? "line " + line + ", column " + column + ": " + problem : problem);
        this.line = line;
        this.column = column;
    }

    /** 1-based; 0 when the problem has no place. */
    public int line() {
        return line;
    }

    /** 1-based, in characters; 0 when the problem has no place. */
    public int column() {
        return column;
    }
}
