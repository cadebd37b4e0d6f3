package dev.attune.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import java.io.IOException;

/**
 * JSON in and out with bounds: depth 64, strings up to the largest body, numbers of 100 digits, no duplicate keys, no
 * unknown properties, nothing after the value. Safe for all threads.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(Route.BODY_BYTES_CAP * 2)
                            .maxNumberLength(100)
                            .maxNameLength(4096)
                            .maxTokenCount(200_000)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Names come from callers; interning them would fill a table that is never emptied.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Json() {}

    /** A new, empty object to fill. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The value as compact UTF-8. */
    public static Bytes write(Object value) {
        try {
            return Bytes.wrap(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "not writable as JSON: " + value.getClass().getName(), e);
        }
    }

    /** Reads a record or other value class; fails with {@code INVALID_ARGUMENT}. */
    public static <T> T read(Bytes json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json.unsafeArray(), type);
            if (value == null) throw malformed("JSON: null (expected: a value)", null);
            return value;
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw malformed("JSON: unreadable", e);
        }
    }

    /** Reads a tree; fails with {@code INVALID_ARGUMENT}. */
    public static JsonNode tree(Bytes json) {
        return read(json, JsonNode.class);
    }

    private static AttuneException malformed(JsonProcessingException e) {
        // The parser's own message quotes the input; only the place is told.
        var at = e.getLocation();
        String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        String path = e instanceof com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException
                ? "an unknown property"
                : "malformed, out of bounds or of the wrong type";
        return malformed("JSON: " + path + place, e);
    }

    private static AttuneException malformed(String message, @org.jspecify.annotations.Nullable Throwable cause) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, message, cause);
    }
}
