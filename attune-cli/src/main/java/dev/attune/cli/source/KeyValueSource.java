package dev.attune.cli.source;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.StringReader;
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

    private static final YAMLFactory YAML_FACTORY = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

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
        var keys = new LinkedHashMap<String, String>();
        try (YAMLParser parser = YAML_FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) return keys;
            if (first != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("top level: not a map (expected: keys and values)");
            }
            flatten("", parser, keys);
            return keys;
        } catch (IOException e) {
            throw new IllegalArgumentException("not YAML or JSON: " + e.getMessage(), e);
        }
    }

    /** Reads the value at the parser. Scalars keep their own text: 1.10 stays 1.10, and NO does not become false. */
    private static void flatten(String path, YAMLParser parser, Map<String, String> keys) throws IOException {
        if (parser.isCurrentAlias()) throw new IllegalArgumentException(path + ": an alias (expected: a plain value)");
        JsonToken token = parser.currentToken();
        int children = 0;
        if (token == JsonToken.START_OBJECT) {
            for (; parser.nextToken() != JsonToken.END_OBJECT; children++) {
                String name = parser.currentName();
                parser.nextToken();
                flatten(path.isEmpty() ? name : path + "." + name, parser, keys);
            }
        } else if (token == JsonToken.START_ARRAY) {
            for (; parser.nextToken() != JsonToken.END_ARRAY; children++) {
                flatten(path + "[" + children + "]", parser, keys);
            }
        } else {
            keys.put(path, token == JsonToken.VALUE_NULL ? "" : parser.getText());
            return;
        }
        if (children == 0 && !path.isEmpty()) keys.put(path, "");
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
