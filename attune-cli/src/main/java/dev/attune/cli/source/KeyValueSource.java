package dev.attune.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.StringReader;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The kinds of text that keys can be read from. */
public enum KeyValueSource {
    /** Lines {@code NAME=value}, with {@code export} before them, comments and quotes as shells have them. */
    DOTENV,
    /** Java properties. */
    PROPERTIES,
    /** YAML; nested keys are joined by dots, list elements by {@code [n]}. */
    YAML,
    /** JSON, flattened as YAML is. */
    JSON;

    private static final ObjectMapper YAML_MAPPER = new ObjectMapper(new YAMLFactory());

    /** The kind that a file's name tells. */
    public static KeyValueSource ofName(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        if (name.endsWith(".yaml") || name.endsWith(".yml")) return YAML;
        if (name.endsWith(".json")) return JSON;
        if (name.endsWith(".env") || name.startsWith(".env")) return DOTENV;
        return PROPERTIES;
    }

    /** The keys in {@code text}, in its order; throws {@link IllegalArgumentException} saying what is wrong. */
    public Map<String, String> read(String text) {
        return switch (this) {
            case DOTENV -> Dotenv.parse(text);
            case PROPERTIES -> properties(text);
            case YAML, JSON -> tree(text);
        };
    }

    private static Map<String, String> properties(String text) {
        // Properties itself forgets the order; this one hands every pair on as it is read.
        var keys = new LinkedHashMap<String, String>();
        var ordered = new Properties() {
            @Override
            public synchronized Object put(Object key, Object value) {
                keys.put((String) key, (String) value);
                return "";
            }
        };
        try {
            ordered.load(new StringReader(text));
            return keys;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private static Map<String, String> tree(String text) {
        JsonNode root;
        try {
            root = YAML_MAPPER.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("not YAML or JSON: " + e.getMessage(), e);
        }
        var keys = new LinkedHashMap<String, String>();
        if (root == null || root.isMissingNode() || root.isNull()) return keys;
        if (!root.isObject()) throw new IllegalArgumentException("top level: not a map (expected: keys and values)");
        flatten("", root, keys);
        return keys;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> keys) {
        if (node.isObject() && !node.isEmpty()) {
            for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                flatten(path.isEmpty() ? name : path + "." + name, node.path(name), keys);
            }
        } else if (node.isArray() && !node.isEmpty()) {
            for (int i = 0; i < node.size(); i++) flatten(path + "[" + i + "]", node.path(i), keys);
        } else {
            keys.put(path, node.isContainerNode() || node.isNull() ? "" : node.asText());
        }
    }

    /** The variables of an environment whose names start with {@code prefix}, without it, in name order. */
    public static Map<String, String> environment(Map<String, String> environment, String prefix) {
        var keys = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                keys.put(name.substring(prefix.length()), value);
            }
        });
        return keys;
    }
}
