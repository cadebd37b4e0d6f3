package dev.attune.config.edit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TOML: line by line, with the table that each line lies in. Values of several lines are left to the text editor. */
final class TomlEditor implements KeyEditor {
    private static final Pattern TABLE = Pattern.compile("\\s*\\[([^\\[\\]]+)]\\s*(#.*)?");
    private static final Pattern PAIR = Pattern.compile(
            "\\s*([A-Za-z0-9_.\"'-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|[^#\\s][^#]*?)\\s*(#.*)?");
    private static final Pattern BARE = Pattern.compile("[+-]?(0|[1-9][0-9]*)(\\.[0-9]+)?|true|false");

    @Override
    public String set(String text, String key, String value) {
        int insertAt = -1;
        String insertTable = "";
        int firstTable = text.length();
        String table = "";
        for (int at = 0; at < text.length(); at = Splice.lineEnd(text, at)) {
            String line = line(text, at);
            Matcher head = TABLE.matcher(line);
            if (head.matches()) {
                table = plain(head.group(1)) + ".";
                firstTable = Math.min(firstTable, at);
            }
            Matcher pair = PAIR.matcher(line);
            boolean isPair = !head.matches() && pair.matches();
            if (isPair && (table + plain(pair.group(1))).equals(key))
                return Splice.replace(text, at + pair.start(2), at + pair.end(2), literal(pair.group(2), value));
            if ((isPair || head.matches()) && key.startsWith(table) && table.length() >= insertTable.length()) {
                insertAt = Splice.lineEnd(text, at);
                insertTable = table;
            }
        }
        if (insertAt < 0 || insertTable.isEmpty()) insertAt = insertAt < 0 ? firstTable : insertAt;
        String pair = key.substring(insertTable.length()) + " = " + literal("", value) + "\n";
        return Splice.closed(text.substring(0, insertAt)) + pair + text.substring(insertAt);
    }

    @Override
    public String remove(String text, String key) {
        String table = "";
        for (int at = 0; at < text.length(); at = Splice.lineEnd(text, at)) {
            String line = line(text, at);
            Matcher head = TABLE.matcher(line);
            if (head.matches()) table = plain(head.group(1)) + ".";
            Matcher pair = PAIR.matcher(line);
            if (!head.matches() && pair.matches() && (table + plain(pair.group(1))).equals(key))
                return Splice.replace(text, at, Splice.lineEnd(text, at), "");
        }
        throw KeyEdits.refused(key, null);
    }

    private static String line(String text, int at) {
        String line = text.substring(at, Splice.lineEnd(text, at));
        return line.endsWith("\n") ? line.substring(0, line.length() - 1) : line;
    }

    private static String plain(String name) {
        return name.strip().replace("\"", "").replace("'", "");
    }

    private static String literal(String old, String value) {
        boolean string = old.startsWith("\"") || old.startsWith("'");
        return !string && BARE.matcher(value).matches() ? value : Splice.quoted(value);
    }
}
