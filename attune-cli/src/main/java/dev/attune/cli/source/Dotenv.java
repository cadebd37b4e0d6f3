package dev.attune.cli.source;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code .env} files: {@code NAME=value} lines, an {@code export} before them, {@code #} comments, single quotes
 * that keep everything, double quotes with backslash escapes; quoted values may span lines. Nothing is expanded.
 */
final class Dotenv {
    private final String text;
    private int at;
    private int line = 1;

    private Dotenv(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String text) {
        return new Dotenv(text).read();
    }

    private Map<String, String> read() {
        var keys = new LinkedHashMap<String, String>();
        while (at < text.length()) {
            skipBlanks();
            if (at >= text.length()) break;
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
                at++;
            } else if (c == '\r') {
                at++;
            } else if (c == '#') {
                skipLine();
            } else {
                String name = name();
                keys.put(name, value());
            }
        }
        return keys;
    }

    private String name() {
        int equals = text.indexOf('=', at);
        int end = text.indexOf('\n', at);
        if (equals < 0 || end >= 0 && end < equals) throw wrong("no '=' (expected: NAME=value)");
        String name = text.substring(at, equals).strip();
        if (name.startsWith("export "))
            name = name.substring("export ".length()).strip();
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) throw wrong("not a name: '" + name + "'");
        at = equals + 1;
        return name;
    }

    private String value() {
        skipBlanks();
        if (at >= text.length()) return "";
        char quote = text.charAt(at);
        if (quote == '\'' || quote == '"') {
            at++;
            String value = quoted(quote);
            skipLine();
            return value;
        }
        int end = text.indexOf('\n', at);
        if (end < 0) end = text.length();
        String value = text.substring(at, end);
        int comment = value.startsWith("#") ? 0 : value.indexOf(" #");
        at = end;
        return (comment < 0 ? value : value.substring(0, comment)).strip();
    }

    private String quoted(char quote) {
        var value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) return value.toString();
            if (c == '\n') line++;
            if (c == '\\' && quote == '"' && at < text.length()) {
                char escaped = text.charAt(at++);
                switch (escaped) {
                    case 'n' -> value.append('\n');
                    case 't' -> value.append('\t');
                    case 'r' -> value.append('\r');
                    case '\n' -> line++;
                    case '"', '\\', '$', '`' -> value.append(escaped);
                    default -> value.append('\\').append(escaped);
                }
            } else {
                value.append(c);
            }
        }
        throw wrong("a quote that does not end");
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) at++;
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(".env line " + line + ": " + what);
    }
}
