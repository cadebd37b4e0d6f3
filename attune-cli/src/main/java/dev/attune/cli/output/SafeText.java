package dev.attune.cli.output;

/**
 * Text that cannot drive a terminal. Values and names come from others; an escape sequence in them could retitle the
 * window, move the cursor over what was printed before or make some terminals answer with input.
 */
public final class SafeText {
    private SafeText() {}

    /**
     * {@code text} with every control character but tab and newline, and the invisible characters that reorder text,
     * replaced by U+FFFD. Carriage return is kept only before a newline.
     */
    public static String of(String text) {
        int clean = 0;
        while (clean < text.length() && isSafe(text, clean)) clean++;
        if (clean == text.length()) return text;
        var safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) safe.append(isSafe(text, i) ? text.charAt(i) : '\uFFFD');
        return safe.toString();
    }

    /** As {@link #of}, for one cell of a table: newlines and tabs become visible too. */
    public static String line(String text) {
        return of(text.replace("\r\n", "\n").replace("\n", "\\n").replace("\t", "\\t"));
    }

    private static boolean isSafe(String text, int index) {
        char c = text.charAt(index);
        if (c == '\n' || c == '\t') return true;
        if (c == '\r') return index + 1 < text.length() && text.charAt(index + 1) == '\n';
        if (c < 0x20 || c >= 0x7F && c < 0xA0) return false;
        // Bidirectional overrides and isolates make text read differently from what it is.
        return !(c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069);
    }
}
