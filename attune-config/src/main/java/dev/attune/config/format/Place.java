package dev.attune.config.format;

/**
 * A position in a text for messages.
 *
 * @param line 1-based
 * @param column 1-based, in characters
 */
public record Place(int line, int column) {
    /** The place of the character at {@code offset}. */
    public static Place of(CharSequence text, int offset) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Place(line, offset - lineStart + 1);
    }

    /** The failure that names this place. */
    public InvalidDocumentException invalid(String problem) {
        return new InvalidDocumentException(line, column, problem);
    }
}
