package dev.attune.config.edit;

import java.io.StringReader;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** YAML: the node tree knows where each value begins and ends; plain and quoted spelling of the old value is kept. */
final class YamlEditor implements KeyEditor {
    private static final String PLAIN = "[A-Za-z0-9_./][A-Za-z0-9_./+@%-]*( [A-Za-z0-9_./+@%-]+)*";

    /** Where a key is, or the deepest map above it and what of the key is missing there. */
    private record Found(
            @Nullable MappingNode holder, @Nullable NodeTuple tuple, @Nullable Node value, String missing) {}

    private String text = "";

    @Override
    public String set(String given, String key, String value) {
        text = given;
        Node root = root();
        if (root == null) return Splice.closed(text) + lines(key, "", value);
        Found found = find(root, key);
        Node old = found.value;
        if (old instanceof ScalarNode scalar) {
            int from = offset(scalar.getStartMark().getIndex());
            int to = offset(scalar.getEndMark().getIndex());
            String by = scalar(value, scalar.getScalarStyle());
            if (from == to) return Splice.replace(text, from, to, " " + by);
            boolean block = scalar.getScalarStyle() == DumperOptions.ScalarStyle.LITERAL
                    || scalar.getScalarStyle() == DumperOptions.ScalarStyle.FOLDED;
            return Splice.replace(text, from, to, block ? by + "\n" : by);
        }
        if (old != null || found.holder == null || found.missing.contains("[")) throw KeyEdits.refused(key, null);
        return insert(found.holder, found.missing, value);
    }

    private String insert(MappingNode holder, String missing, String value) {
        List<NodeTuple> tuples = holder.getValue();
        if (holder.getFlowStyle() == DumperOptions.FlowStyle.FLOW) {
            String member = (tuples.isEmpty() ? "" : ", ") + Splice.quoted(missing) + ": " + scalar(value, null);
            int close = offset(holder.getEndMark().getIndex()) - 1;
            return missing.contains(".") ? text : Splice.replace(text, close, close, member);
        }
        NodeTuple last = tuples.get(tuples.size() - 1);
        int end = Splice.lineEnd(text, Math.max(0, lastOffset(last) - 1));
        String head = text.substring(0, end);
        String indent = " ".repeat(tuples.get(0).getKeyNode().getStartMark().getColumn());
        return Splice.closed(head) + lines(missing, indent, value) + text.substring(end);
    }

    /** Behind the last character of an entry; collections end where the next token starts, so leaves are asked. */
    private int lastOffset(NodeTuple tuple) {
        Node node = tuple.getValueNode();
        while (true) {
            if (node instanceof MappingNode map
                    && map.getFlowStyle() != DumperOptions.FlowStyle.FLOW
                    && !map.getValue().isEmpty())
                node = map.getValue().get(map.getValue().size() - 1).getValueNode();
            else if (node instanceof SequenceNode list
                    && list.getFlowStyle() != DumperOptions.FlowStyle.FLOW
                    && !list.getValue().isEmpty())
                node = list.getValue().get(list.getValue().size() - 1);
            else return offset(node.getEndMark().getIndex());
        }
    }

    private static String lines(String path, String indent, String value) {
        StringBuilder out = new StringBuilder();
        String[] names = path.split("\\.", -1);
        for (int i = 0; i < names.length; i++) {
            String name = names[i].matches("[A-Za-z_][A-Za-z0-9_-]*") ? names[i] : Splice.quoted(names[i]);
            out.append(indent).append("  ".repeat(i)).append(name).append(':');
            out.append(i + 1 < names.length ? "\n" : " " + scalar(value, null) + "\n");
        }
        return out.toString();
    }

    @Override
    public String remove(String given, String key) {
        text = given;
        Node root = root();
        if (root == null) throw KeyEdits.refused(key, null);
        String path = key;
        Found found = find(root, path);
        while (found.holder != null && found.holder.getValue().size() == 1 && path.lastIndexOf('.') > 0) {
            path = path.substring(0, path.lastIndexOf('.'));
            found = find(root, path);
        }
        if (found.tuple == null || found.holder == null) throw KeyEdits.refused(key, null);
        if (found.holder.getFlowStyle() == DumperOptions.FlowStyle.FLOW) throw KeyEdits.refused(key, null);
        int from = Splice.lineStart(
                text, offset(found.tuple.getKeyNode().getStartMark().getIndex()));
        int to = Splice.lineEnd(text, Math.max(from, lastOffset(found.tuple) - 1));
        return Splice.replace(text, from, to, "");
    }

    private @Nullable Node root() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    }

    private static Found find(Node root, String key) {
        Node node = root;
        String rest = key;
        while (true) {
            Found step = step(node, rest);
            if (step.value == null || step.missing.isEmpty()) return step;
            node = step.value;
            rest = step.missing;
        }
    }

    private static Found step(Node node, String rest) {
        if (node instanceof SequenceNode list) {
            for (int i = 0; i < list.getValue().size(); i++) {
                String name = "[" + i + "]";
                if (rest.equals(name))
                    return new Found(null, null, list.getValue().get(i), "");
                if (rest.startsWith(name)) {
                    String below = rest.substring(name.length());
                    return new Found(
                            null, null, list.getValue().get(i), below.startsWith(".") ? below.substring(1) : below);
                }
            }
            return new Found(null, null, null, rest);
        }
        if (!(node instanceof MappingNode map)) return new Found(null, null, null, rest);
        for (NodeTuple tuple : map.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) continue;
            String word = name.getValue();
            if (rest.equals(word)) return new Found(map, tuple, tuple.getValueNode(), "");
            if (!rest.startsWith(word) || rest.length() == word.length()) continue;
            char c = rest.charAt(word.length());
            if (c == '.') return new Found(map, tuple, tuple.getValueNode(), rest.substring(word.length() + 1));
            if (c == '[') return new Found(map, tuple, tuple.getValueNode(), rest.substring(word.length()));
        }
        return new Found(map, null, null, rest);
    }

    private static String scalar(String value, DumperOptions.@Nullable ScalarStyle style) {
        if (style == DumperOptions.ScalarStyle.SINGLE_QUOTED && !value.contains("\n") && !value.contains("\t"))
            return "'" + value.replace("'", "''") + "'";
        boolean quoted = style == DumperOptions.ScalarStyle.DOUBLE_QUOTED;
        return !quoted && value.matches(PLAIN) ? value : Splice.quoted(value);
    }

    /** Marks count code points. */
    private int offset(int codePoints) {
        return text.offsetByCodePoints(0, codePoints);
    }
}
