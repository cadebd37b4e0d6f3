package dev.attune.config.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML 1.1, one document. Only the node tree is built, never an object, and scalars keep their spelling, so {@code
 * 1.10}, {@code 0777} and {@code yes} stay what was written; null is the empty value. Anchors and merge keys work;
 * aliases that would grow the document beyond bounds, and repeated keys, are refused.
 */
final class YamlDocument {
    private static final int ALIASES_MAX = 50;
    private static final int CODE_POINTS_MAX = 16 << 20;
    private static final Set<String> TRUE = Set.of("true", "yes", "on");

    // Only asked, never taught after this: safe for all threads.
    private static final Resolver TAGS = new Resolver();

    private final FlatKeys keys = new FlatKeys();
    // Bounds the work of aliases of aliases, which FlatKeys alone would only see at the leaves.
    private int visitsLeft = 200_000;

    private YamlDocument() {}

    /** The root of the document, or null for an empty one. */
    static @Nullable Node read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(ALIASES_MAX);
        options.setNestingDepthLimit(Documents.DEPTH_MAX);
        options.setCodePointLimit(CODE_POINTS_MAX);
        try {
            return compose(text, options);
        } catch (MarkedYAMLException e) {
            Place place = e.getProblemMark() == null ? new Place(0, 0) : place(e.getProblemMark());
            throw place.invalid(firstLine(e.getProblem() == null ? e.getMessage() : e.getProblem()));
        } catch (YAMLException e) {
            throw new Place(0, 0).invalid(firstLine(e.getMessage()));
        }
    }

    static Map<String, String> keys(@Nullable Node root) {
        YamlDocument document = new YamlDocument();
        if (root != null) document.node(root, "", 1);
        return document.keys.toMap();
    }

    /** The document as a JSON tree; scalars have the type that their tag says. */
    static JsonNode tree(@Nullable Node root) {
        return root == null ? JsonNodeFactory.instance.objectNode() : new YamlDocument().tree(root, 1);
    }

    private JsonNode tree(Node node, int depth) {
        Place place = place(node.getStartMark());
        if (depth > Documents.DEPTH_MAX) throw place.invalid("nesting: deeper than " + Documents.DEPTH_MAX);
        if (--visitsLeft < 0) throw place.invalid("aliases make the document too large");
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (node instanceof MappingNode mapping) {
            ObjectNode object = nodes.objectNode();
            entries(mapping, depth).forEach((name, value) -> object.set(name, tree(value, depth + 1)));
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode list = nodes.arrayNode();
            for (Node each : sequence.getValue()) list.add(tree(each, depth + 1));
            return list;
        }
        ScalarNode scalar = (ScalarNode) node;
        return scalar(scalar.getTag(), scalar.getValue());
    }

    private static JsonNode scalar(Tag tag, String value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        try {
            if (tag.equals(Tag.NULL)) return nodes.nullNode();
            if (tag.equals(Tag.BOOL)) return nodes.booleanNode(TRUE.contains(value.toLowerCase(Locale.ROOT)));
            if (tag.equals(Tag.INT)) return nodes.numberNode(new BigInteger(value.replace("_", "")));
            if (tag.equals(Tag.FLOAT)) return nodes.numberNode(new BigDecimal(value.replace("_", "")));
        } catch (NumberFormatException e) {
            // Octal, hexadecimal and infinite numbers have no JSON spelling.
            return nodes.textNode(value);
        }
        return nodes.textNode(value);
    }

    private static @Nullable Node compose(String text, LoaderOptions options) {
        try {
            // Without the loader around it, which sets up classes and regular expressions for objects that nobody
            // makes.
            return new Composer(new ParserImpl(new StreamReader(new StringReader(text)), options), TAGS, options)
                    .getSingleNode();
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            // The parser trips over some malformed tags and escapes instead of naming them.
            throw new YAMLException("not valid YAML (a malformed tag or escape)", e);
        }
    }

    private void node(Node node, String path, int depth) {
        Place place = place(node.getStartMark());
        if (depth > Documents.DEPTH_MAX) throw place.invalid("nesting: deeper than " + Documents.DEPTH_MAX);
        if (--visitsLeft < 0) throw place.invalid("aliases make the document too large");
        if (node instanceof MappingNode mapping) {
            Map<String, Node> entries = entries(mapping, depth);
            if (entries.isEmpty()) leaf(path, "", place);
            entries.forEach((name, value) -> node(value, FlatKeys.child(path, name, place), depth + 1));
        } else if (node instanceof SequenceNode sequence) {
            if (sequence.getValue().isEmpty()) leaf(path, "", place);
            int index = 0;
            for (Node each : sequence.getValue()) node(each, FlatKeys.element(path, index++), depth + 1);
        } else if (node instanceof ScalarNode scalar) {
            leaf(path, scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue(), place);
        }
    }

    private void leaf(String path, String value, Place place) {
        if (!path.isEmpty()) keys.add(path, value, place);
    }

    /** The mapping's own entries in order, then those merged in that it does not have. */
    private Map<String, Node> entries(MappingNode mapping, int depth) {
        Map<String, Node> own = new LinkedHashMap<>();
        Map<String, Node> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place place = place(tuple.getKeyNode().getStartMark());
            if (--visitsLeft < 0) throw place.invalid("aliases make the document too large");
            if (!(tuple.getKeyNode() instanceof ScalarNode key))
                throw place.invalid("a list or map as a key (expected: plain text)");
            if (key.getTag().equals(Tag.MERGE)) {
                merge(tuple.getValueNode(), merged, depth + 1);
                continue;
            }
            if (key.getValue().isEmpty()) throw place.invalid("empty key (expected: at least one character)");
            if (own.containsKey(key.getValue()))
                throw place.invalid("key appears twice: " + FlatKeys.shortened(key.getValue()));
            own.put(key.getValue(), tuple.getValueNode());
        }
        merged.forEach(own::putIfAbsent);
        return own;
    }

    private void merge(Node source, Map<String, Node> merged, int depth) {
        Place place = place(source.getStartMark());
        if (depth > Documents.DEPTH_MAX) throw place.invalid("nesting: deeper than " + Documents.DEPTH_MAX);
        if (source instanceof MappingNode mapping) {
            // Of several merged maps the first that has a key wins.
            entries(mapping, depth).forEach(merged::putIfAbsent);
        } else if (source instanceof SequenceNode sequence) {
            for (Node each : sequence.getValue()) merge(each, merged, depth + 1);
        } else {
            throw place.invalid("'<<' must name a map or a list of maps");
        }
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String firstLine(@Nullable String message) {
        String text = Optional.ofNullable(message).orElse("not valid YAML");
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
