package dev.attune.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON in and out. What it writes cannot drive a terminal and still parses to the same values. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** Parses a document; throws {@link IllegalArgumentException} saying where it is wrong. */
    public static JsonNode parse(byte[] text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null ? MAPPER.missingNode() : node;
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    /** One line. */
    public static String line(JsonNode node) {
        return write(node, false);
    }

    /** Indented, for a whole answer. */
    public static String pretty(JsonNode node) {
        return write(node, true);
    }

    private static String write(JsonNode node, boolean indent) {
        try {
            var writer = indent ? MAPPER.writer(SerializationFeature.INDENT_OUTPUT) : MAPPER.writer();
            return escapeControls(writer.writeValueAsString(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written", e);
        }
    }

    /** JSON asks to escape only characters below space; the other controls occur only in strings, so escape them there. */
    private static String escapeControls(String json) {
        var escaped = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean structural = c == '\n' || c == '\r';
            if (structural || SafeText.of(String.valueOf(c)).charAt(0) == c) escaped.append(c);
            else escaped.append(String.format("\\u%04x", (int) c));
        }
        return escaped.toString();
    }
}
