package dev.attune.config.edit;

/** Pieces of texts. */
final class Splice {
    private Splice() {}

    /** The text with {@code [from, to)} replaced. */
    static String replace(String text, int from, int to, String by) {
        return text.substring(0, from) + by + text.substring(to);
    }

    /** Where the line of {@code at} begins. */
    static int lineStart(String text, int at) {
        return text.lastIndexOf('\n', at - 1) + 1;
    }

    /** Behind the line feed of the line of {@code at}, or the text's end. */
    static int lineEnd(String text, int at) {
        int feed = text.indexOf('\n', at);
        return feed < 0 ? text.length() : feed + 1;
    }

    /** The text with a line feed at its end, unless it is empty. */
    static String closed(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    /** The blanks that the line of {@code at} begins with. */
    static String indent(String text, int at) {
        int start = lineStart(text, at);
        int end = start;
        while (end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) end++;
        return text.substring(start, end);
    }

    /** A string with double quotes that JSON, YAML and TOML read alike. */
    static String quoted(String value) {
        StringBuilder out = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) out.append(String.format("\\u%04x", (int) c));
                    else out.append(c);
                }
            }
        }
        return out.append('"').toString();
    }
}
