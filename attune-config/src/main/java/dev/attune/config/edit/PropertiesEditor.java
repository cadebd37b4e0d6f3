package dev.attune.config.edit;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Properties: the last line of a key counts, so that is the one changed; removal takes all of them. */
final class PropertiesEditor implements KeyEditor {
    /** A logical line with its continuations: {@code [start, end)}, the value being {@code [value, valueEnd)}. */
    private record Line(String key, int start, int value, int valueEnd, int end) {}

    @Override
    public String set(String text, String key, String value) {
        List<Line> lines = of(text, key);
        if (lines.isEmpty()) return Splice.closed(text) + escaped(key, true) + "=" + escaped(value, false) + "\n";
        Line last = lines.get(lines.size() - 1);
        boolean bare = last.value == last.valueEnd && !separated(text, last);
        return Splice.replace(text, last.value, last.valueEnd, (bare ? "=" : "") + escaped(value, false));
    }

    private static boolean separated(String text, Line line) {
        String head = text.substring(line.start, line.value);
        return head.endsWith("=") || head.endsWith(":") || head.endsWith(" ") || head.endsWith("\t");
    }

    @Override
    public String remove(String text, String key) {
        List<Line> lines = of(text, key);
        String left = text;
        for (int i = lines.size() - 1; i >= 0; i--)
            left = Splice.replace(left, lines.get(i).start, lines.get(i).end, "");
        return left;
    }

    private static List<Line> of(String text, String key) {
        List<Line> lines = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = logicalEnd(text, at);
            String natural = text.substring(at, end);
            String name = key(natural);
            if (name != null && name.equals(key)) lines.add(line(text, name, at, end));
            at = end;
        }
        return lines;
    }

    private static int logicalEnd(String text, int from) {
        int first = from;
        while (first < text.length() && (text.charAt(first) == ' ' || text.charAt(first) == '\t')) first++;
        boolean comment = first < text.length() && (text.charAt(first) == '#' || text.charAt(first) == '!');
        int at = from;
        while (true) {
            int end = Splice.lineEnd(text, at);
            int last = end;
            while (last > at && (text.charAt(last - 1) == '\n' || text.charAt(last - 1) == '\r')) last--;
            int slashes = 0;
            while (last - slashes > at && text.charAt(last - slashes - 1) == '\\') slashes++;
            if (comment || slashes % 2 == 0 || end >= text.length()) return end;
            at = end;
        }
    }

    private static @org.jspecify.annotations.Nullable String key(String line) {
        Properties one = new Properties();
        try {
            one.load(new StringReader(line));
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
        return one.stringPropertyNames().stream().findFirst().orElse(null);
    }

    private static Line line(String text, String key, int start, int end) {
        int at = start;
        while (at < end && Character.isWhitespace(text.charAt(at))) at++;
        while (at < end && "=: \t\f\r\n".indexOf(text.charAt(at)) < 0) at += text.charAt(at) == '\\' ? 2 : 1;
        int valueEnd = end;
        while (valueEnd > at && (text.charAt(valueEnd - 1) == '\n' || text.charAt(valueEnd - 1) == '\r')) valueEnd--;
        int value = Math.min(at, valueEnd);
        boolean sign = false;
        while (value < valueEnd) {
            char c = text.charAt(value);
            if (c == ' ' || c == '\t' || c == '\f') value++;
            else if (!sign && (c == '=' || c == ':')) {
                sign = true;
                value++;
            } else break;
        }
        return new Line(key, start, value, valueEnd, end);
    }

    private static String escaped(String text, boolean isKey) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case ' ' -> out.append(isKey || i == 0 ? "\\ " : " ");
                case '=', ':', '#', '!' -> out.append(isKey ? "\\" : "").append(c);
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
