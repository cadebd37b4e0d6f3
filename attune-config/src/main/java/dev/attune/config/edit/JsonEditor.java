package dev.attune.config.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JSON: one pass finds where each value of the (valid) text begins and ends. */
final class JsonEditor implements KeyEditor {
    private static final Pattern BARE =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null");

    /** A value at {@code [start, end)}. */
    private static final class Value {
        final int start;
        int end;
        final List<Entry> entries = new ArrayList<>();

        Value(int start) {
            this.start = start;
        }
    }

    /** A member of an object, or an element of a list, whose name is empty. */
    private record Entry(String name, int start, Value value) {}

    /** Where a key is, or the deepest object above it and what of the key is missing there. */
    private record Found(Value holder, int index, String missing) {}

    private String text = "";
    private int at;

    @Override
    public String set(String given, String key, String value) {
        Value root = scan(given);
        Found found = find(root, key);
        if (found.index >= 0) {
            Value old = found.holder.entries.get(found.index).value;
            return Splice.replace(text, old.start, old.end, literal(old, value));
        }
        return insert(found, key, value);
    }

    private String literal(Value old, String value) {
        char first = text.charAt(old.start);
        boolean string = first == '"';
        if (first == '{' || first == '[')
            return value.isEmpty() ? text.substring(old.start, old.end) : Splice.quoted(value);
        return !string && BARE.matcher(value).matches() ? value : Splice.quoted(value);
    }

    private String insert(Found found, String key, String value) {
        Value holder = found.holder;
        if (text.charAt(holder.start) != '{' || found.missing.contains("[")) throw KeyEdits.refused(key, null);
        StringBuilder member = new StringBuilder();
        String[] names = found.missing.split("\\.", -1);
        for (int i = 0; i < names.length; i++)
            member.append(i > 0 ? "{" : "").append(Splice.quoted(names[i])).append(": ");
        member.append(BARE.matcher(value).matches() ? value : Splice.quoted(value))
                .append("}".repeat(names.length - 1));
        if (holder.entries.isEmpty()) return Splice.replace(text, holder.start + 1, holder.end - 1, member.toString());
        Entry last = holder.entries.get(holder.entries.size() - 1);
        boolean ownLine =
                text.substring(Splice.lineStart(text, last.start), last.start).isBlank();
        String gap = ownLine ? ",\n" + Splice.indent(text, last.start) : ", ";
        return Splice.replace(text, last.value.end, last.value.end, gap + member);
    }

    @Override
    public String remove(String given, String key) {
        Value root = scan(given);
        Found found = find(root, key);
        if (found.index < 0) throw KeyEdits.refused(key, null);
        List<Entry> all = found.holder.entries;
        Entry gone = all.get(found.index);
        if (all.size() == 1) {
            int dot = key.lastIndexOf('.');
            if (found.holder == root || dot < 0) return Splice.replace(text, gone.start, gone.value.end, "");
            return removeAbove(root, key.substring(0, dot), key);
        }
        if (found.index > 0) return Splice.replace(text, all.get(found.index - 1).value.end, gone.value.end, "");
        return Splice.replace(text, gone.start, all.get(1).start, "");
    }

    private String removeAbove(Value root, String parent, String key) {
        Found found = find(root, parent);
        if (found.index < 0) throw KeyEdits.refused(key, null);
        return remove(text, parent);
    }

    private static Found find(Value root, String key) {
        Value holder = root;
        String rest = key;
        while (true) {
            Entry next = null;
            String after = "";
            for (int i = 0; i < holder.entries.size(); i++) {
                Entry each = holder.entries.get(i);
                String name = each.name.isEmpty() ? "[" + i + "]" : each.name;
                if (rest.equals(name)) return new Found(holder, i, "");
                String below = below(rest, name);
                if (below == null) continue;
                next = each;
                after = below;
                break;
            }
            if (next == null) return new Found(holder, -1, rest);
            holder = next.value;
            rest = after;
        }
    }

    private static @Nullable String below(String rest, String name) {
        if (!rest.startsWith(name) || rest.length() == name.length()) return null;
        char c = rest.charAt(name.length());
        if (c == '[') return rest.substring(name.length());
        return c == '.' ? rest.substring(name.length() + 1) : null;
    }

    private Value scan(String given) {
        text = given;
        at = 0;
        blank();
        return value();
    }

    private Value value() {
        Value value = new Value(at);
        char first = text.charAt(at);
        if (first == '{' || first == '[') {
            char close = first == '{' ? '}' : ']';
            at++;
            blank();
            while (text.charAt(at) != close) {
                int start = at;
                String name = "";
                if (first == '{') {
                    name = string();
                    blank();
                    at++;
                    blank();
                }
                value.entries.add(new Entry(name, start, value()));
                blank();
                if (text.charAt(at) == ',') at++;
                blank();
            }
            at++;
        } else if (first == '"') {
            string();
        } else {
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) at++;
        }
        value.end = at;
        return value;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = text.charAt(at++);
            int plain = "bfnrt".indexOf(escaped);
            if (escaped == 'u') {
                out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                at += 4;
            } else out.append(plain < 0 ? escaped : "\b\f\n\r\t".charAt(plain));
        }
        at++;
        return out.toString();
    }

    private void blank() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    }
}
