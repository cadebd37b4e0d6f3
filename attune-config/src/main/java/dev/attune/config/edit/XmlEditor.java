package dev.attune.config.edit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** XML: one pass over the tags of the (valid) text finds where each element's content and attributes lie. */
final class XmlEditor implements KeyEditor {
    /** An element at {@code [start, end)} with its content at {@code [inner, innerEnd)}. */
    private static final class Element {
        final String name;
        final @Nullable Element parent;
        final int start;
        final int tagEnd;
        int inner;
        int innerEnd;
        int end;
        final List<Element> children = new ArrayList<>();

        Element(String name, @Nullable Element parent, int start, int tagEnd) {
            this.name = name;
            this.parent = parent;
            this.start = start;
            this.tagEnd = tagEnd;
        }
    }

    private String text = "";

    @Override
    public String set(String given, String key, String value) {
        Element root = scan(given);
        int sign = key.indexOf('@');
        if (sign >= 0) {
            Element holder = sign == 0 ? root : find(root, key.substring(0, sign));
            if (holder == null) throw KeyEdits.refused(key, null);
            return attribute(holder, key.substring(sign + 1), value);
        }
        Element found = find(root, key);
        if (found == null) return insert(root, key, value);
        if (!found.children.isEmpty() || found.inner < 0) throw KeyEdits.refused(key, null);
        return Splice.replace(text, found.inner, found.innerEnd, escaped(value));
    }

    private String attribute(Element holder, String name, String value) {
        String tag = text.substring(holder.start, holder.tagEnd);
        var old = java.util.regex.Pattern.compile(
                        "\\s" + java.util.regex.Pattern.quote(name) + "\\s*=\\s*(\"[^\"]*\"|'[^']*')")
                .matcher(tag);
        String literal = "\"" + escaped(value).replace("\"", "&quot;") + "\"";
        if (old.find()) return Splice.replace(text, holder.start + old.start(1), holder.start + old.end(1), literal);
        int at = holder.start + 1 + holder.name.length();
        return Splice.replace(text, at, at, " " + name + "=" + literal);
    }

    private String insert(Element root, String key, String value) {
        if (key.contains("[")) throw KeyEdits.refused(key, null);
        Element holder = root;
        String missing = key;
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            Element above = find(root, key.substring(0, dot));
            if (above == null) continue;
            holder = above;
            missing = key.substring(dot + 1);
            break;
        }
        if (holder.inner < 0) throw KeyEdits.refused(key, null);
        String[] names = missing.split("\\.", -1);
        StringBuilder member = new StringBuilder();
        for (String name : names) member.append('<').append(name).append('>');
        member.append(escaped(value));
        for (int i = names.length - 1; i >= 0; i--)
            member.append("</").append(names[i]).append('>');
        if (holder.children.isEmpty()) return Splice.replace(text, holder.innerEnd, holder.innerEnd, member.toString());
        Element last = holder.children.get(holder.children.size() - 1);
        boolean ownLine =
                text.substring(Splice.lineStart(text, last.start), last.start).isBlank();
        String gap = ownLine ? "\n" + Splice.indent(text, last.start) : "";
        return Splice.replace(text, last.end, last.end, gap + member);
    }

    @Override
    public String remove(String given, String key) {
        Element root = scan(given);
        Element found = find(root, key);
        if (found == null) throw KeyEdits.refused(key, null);
        while (found.parent != null && found.parent.children.size() == 1 && found.parent.parent != null)
            found = found.parent;
        int from = Splice.lineStart(text, found.start);
        int to = Splice.lineEnd(text, found.end);
        boolean ownLines = text.substring(from, found.start).isBlank()
                && text.substring(found.end, to).isBlank();
        return ownLines ? Splice.replace(text, from, to, "") : Splice.replace(text, found.start, found.end, "");
    }

    private static @Nullable Element find(Element root, String key) {
        Element holder = root;
        String rest = key;
        while (true) {
            Element next = null;
            String after = "";
            for (Element each : holder.children) {
                String name = indexed(holder, each);
                if (rest.equals(name)) return each;
                if (rest.startsWith(name + ".")) {
                    next = each;
                    after = rest.substring(name.length() + 1);
                    break;
                }
            }
            if (next == null) return null;
            holder = next;
            rest = after;
        }
    }

    private static String indexed(Element holder, Element child) {
        int count = 0;
        int index = 0;
        for (Element each : holder.children) {
            if (each == child) index = count;
            if (each.name.equals(child.name)) count++;
        }
        return count > 1 ? child.name + "[" + index + "]" : child.name;
    }

    private Element scan(String given) {
        text = given;
        Element root = null;
        Element open = null;
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
            if (text.startsWith("<!--", at)) at = text.indexOf("-->", at) + 3;
            else if (text.startsWith("<![CDATA[", at)) at = text.indexOf("]]>", at) + 3;
            else if (text.startsWith("<?", at)) at = text.indexOf("?>", at) + 2;
            else if (text.startsWith("</", at)) {
                if (open == null) break;
                open.innerEnd = at;
                at = text.indexOf('>', at) + 1;
                open.end = at;
                open = open.parent;
            } else {
                int end = tagEnd(at);
                boolean alone = text.charAt(end - 2) == '/';
                Element element = new Element(name(at), open, at, end);
                if (open != null) open.children.add(element);
                if (root == null) root = element;
                element.inner = alone ? -1 : end;
                element.end = end;
                if (!alone) open = element;
                at = end;
            }
        }
        if (root == null) throw new IllegalStateException("no element in a valid text");
        return root;
    }

    private int tagEnd(int at) {
        char quote = 0;
        for (int i = at; ; i++) {
            char c = text.charAt(i);
            if (quote != 0) quote = c == quote ? 0 : quote;
            else if (c == '"' || c == '\'') quote = c;
            else if (c == '>') return i + 1;
        }
    }

    private String name(int at) {
        int end = at + 1;
        while (" \t\r\n/>".indexOf(text.charAt(end)) < 0) end++;
        String name = text.substring(at + 1, end);
        return name.substring(name.indexOf(':') + 1);
    }

    private static String escaped(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
