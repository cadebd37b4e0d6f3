package dev.attune.tuning.policy;

import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.ExpressionException;
import dev.attune.tuning.expression.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A map of a YAML document, field by field; what nobody asked for is a mistake. */
final class Fields {
    private static final int ITEMS_MAX = 64;

    private final Node node;
    private final TreeMap<String, Node> values = new TreeMap<>();
    private final TreeMap<String, Node> unread = new TreeMap<>();

    Fields(Node node) {
        this.node = node;
        if (!(node instanceof MappingNode mapping)) throw mistake(node, "expected: a map");
        if (mapping.getValue().size() > ITEMS_MAX) throw mistake(node, "fields: more than " + ITEMS_MAX);
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) throw mistake(tuple.getKeyNode(), "expected: a name");
            if (values.put(key.getValue(), tuple.getValueNode()) != null)
                throw mistake(key, "field appears twice: " + key.getValue());
            unread.put(key.getValue(), key);
        }
    }

    /** Refuses fields that nobody read. */
    void end() {
        for (Map.Entry<String, Node> each : unread.entrySet())
            throw mistake(each.getValue(), "unknown field: " + each.getKey());
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    @Nullable Node find(String name) {
        unread.remove(name);
        return values.get(name);
    }

    Node need(String name) {
        Node found = find(name);
        if (found == null) throw mistake(node, "missing: " + name);
        return found;
    }

    Fields map(String name) {
        return new Fields(need(name));
    }

    List<Node> list(String name) {
        Node found = find(name);
        if (found == null) return List.of();
        if (!(found instanceof SequenceNode sequence)) throw mistake(found, name + ": expected: a list");
        if (sequence.getValue().size() > ITEMS_MAX) throw mistake(found, name + ": more than " + ITEMS_MAX);
        return sequence.getValue();
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Node each : list(name)) texts.add(text(each));
        return texts;
    }

    String text(String name) {
        return text(need(name));
    }

    String text(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    static String text(Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) return scalar.getValue();
        throw mistake(node, "expected: a text");
    }

    boolean flag(String name) {
        if (!has(name)) return false;
        String text = text(name);
        if (!text.equals("true") && !text.equals("false"))
            throw mistake(need(name), name + ": expected: true or false");
        return text.equals("true");
    }

    /** A number, or a share such as {@code 25%}. */
    double number(String name, double otherwise) {
        return has(name) ? number(need(name), name) : otherwise;
    }

    static double number(Node node, String name) {
        String text = text(node);
        boolean percent = text.endsWith("%");
        try {
            double value = Double.parseDouble(
                    percent ? text.substring(0, text.length() - 1).strip() : text);
            if (Double.isFinite(value)) return percent ? value / 100 : value;
        } catch (NumberFormatException e) {
            // Said below, with the place.
        }
        throw mistake(node, name + ": " + text + " (expected: a number or a share such as 25%)");
    }

    int count(String name, int otherwise) {
        double value = number(name, otherwise);
        if (value != StrictMath.rint(value) || value < 0 || value > 1_000_000)
            throw mistake(need(name), name + ": " + value + " (expected: a whole number)");
        return (int) value;
    }

    /** Milliseconds of {@code 30s}, {@code 2m}, {@code 1h}, {@code 1d}. */
    long duration(String name, long otherwise) {
        return has(name) ? duration(need(name), name) : otherwise;
    }

    static long duration(Node node, String name) {
        String text = text(node);
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) digits++;
        long unit =
                switch (text.substring(digits)) {
                    case "ms" -> 1L;
                    case "s" -> 1_000L;
                    case "m" -> 60_000L;
                    case "h" -> 3_600_000L;
                    case "d" -> 86_400_000L;
                    default -> 0L;
                };
        if (unit == 0 || digits == 0 || digits > 6)
            throw mistake(node, name + ": " + text + " (expected: a duration such as 30s, 2m, 1h, 1d)");
        return Long.parseLong(text.substring(0, digits)) * unit;
    }

    /** One of a few words. */
    <E extends Enum<E>> E word(String name, E[] words, @Nullable E otherwise) {
        if (otherwise != null && !has(name)) return otherwise;
        String text = text(name);
        StringBuilder expected = new StringBuilder();
        for (E each : words) {
            String word = each.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            if (word.equals(text)) return each;
            expected.append(expected.isEmpty() ? "" : ", ").append(word);
        }
        throw mistake(need(name), name + ": " + text + " (expected: one of " + expected + ")");
    }

    Expression expression(String name, Language language, Language.Result result) {
        Node found = need(name);
        String text = text(found);
        try {
            return language.compile(text, result);
        } catch (ExpressionException e) {
            Mark mark = found.getStartMark();
            DumperOptions.ScalarStyle style = ((ScalarNode) found).getScalarStyle();
            boolean block = style == DumperOptions.ScalarStyle.LITERAL || style == DumperOptions.ScalarStyle.FOLDED;
            int quote = style == DumperOptions.ScalarStyle.PLAIN ? 0 : 1;
            int line = mark.getLine() + e.line() + (block ? 1 : 0);
            // The indentation of a block is not kept by the reader: there the column counts from its first letter.
            int column = e.column() + (block || e.line() > 1 ? 0 : mark.getColumn() + quote);
            String problem = String.valueOf(e.getMessage()).replaceFirst("^line \\d+, column \\d+: ", "");
            throw new PolicyException(line, column, name + ": " + problem);
        }
    }

    /** What a constructor refuses is a mistake at this node. */
    static <T> T checked(Node node, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw mistake(node, String.valueOf(e.getMessage()));
        }
    }

    Node node() {
        return node;
    }

    static PolicyException mistake(Node node, String problem) {
        Mark mark = node.getStartMark();
        return new PolicyException(mark.getLine() + 1, mark.getColumn() + 1, problem);
    }
}
