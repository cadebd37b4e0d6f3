package dev.attune.tuning.expression;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;

/** A text is no valid expression; says where. */
public final class ExpressionException extends AttuneException {
    private final int line;
    private final int column;

    ExpressionException(String text, int offset, String problem) {
        this(lineOf(text, offset), columnOf(text, offset), problem);
    }

    private ExpressionException(int line, int column, String problem) {
        super(ErrorCode.INVALID_ARGUMENT, "line " + line + ", column " + column + ": " + problem);
        this.line = line;
        this.column = column;
    }

    /** 1-based, within the expression. */
    public int line() {
        return line;
    }

    /** 1-based, in characters. */
    public int column() {
        return column;
    }

    private static int lineOf(String text, int offset) {
        return 1 + (int) text.chars().limit(offset).filter(c -> c == '\n').count();
    }

    private static int columnOf(String text, int offset) {
        return offset - (offset == 0 ? -1 : text.lastIndexOf('\n', offset - 1));
    }
}
