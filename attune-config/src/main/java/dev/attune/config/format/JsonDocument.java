package dev.attune.config.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.Map;

/** JSON (RFC 8259), strict: no comments, no repeated names, nothing after the value. Numbers keep their spelling. */
final class JsonDocument {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Documents.DEPTH_MAX)
                    .maxNumberLength(1000)
                    .maxNameLength(1024)
                    .build())
            .build();

    private JsonDocument() {}

    static Map<String, String> keys(String text) {
        FlatKeys keys = new FlatKeys();
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) throw new InvalidDocumentException(1, 1, "empty (expected: a JSON value)");
            collect(parser, first, keys);
            if (parser.nextToken() != null) throw place(parser).invalid("something follows the value");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            int line = at == null ? 0 : at.getLineNr();
            int column = at == null ? 0 : at.getColumnNr();
            throw new InvalidDocumentException(line, column, firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
        return keys.toMap();
    }

    /** Adds the keys of the value that starts with {@code first}. */
    static void collect(JsonParser parser, JsonToken first, FlatKeys keys) throws IOException {
        try {
            value(parser, first, "", keys);
        } catch (StreamConstraintsException e) {
            // It does not know where it is, and names its own settings after the comma.
            String told = firstLine(e.getOriginalMessage());
            int own = told.indexOf(", from ");
            throw place(parser).invalid(own < 0 ? told : told.substring(0, own) + ")");
        }
    }

    // Recursion is bounded by the parser's nesting limit.
    private static void value(JsonParser parser, JsonToken token, String path, FlatKeys keys) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            object(parser, path, keys);
        } else if (token == JsonToken.START_ARRAY) {
            array(parser, path, keys);
        } else if (!path.isEmpty()) {
            keys.add(path, token == JsonToken.VALUE_NULL ? "" : parser.getText(), place(parser));
        }
    }

    private static void object(JsonParser parser, String path, FlatKeys keys) throws IOException {
        boolean empty = true;
        while (next(parser) != JsonToken.END_OBJECT) {
            empty = false;
            String child = FlatKeys.child(path, parser.currentName(), place(parser));
            if (child.isEmpty()) throw place(parser).invalid("empty name (expected: at least one character)");
            value(parser, next(parser), child, keys);
        }
        if (empty && !path.isEmpty()) keys.add(path, "", place(parser));
    }

    private static void array(JsonParser parser, String path, FlatKeys keys) throws IOException {
        int index = 0;
        for (JsonToken token = next(parser); token != JsonToken.END_ARRAY; token = next(parser))
            value(parser, token, FlatKeys.element(path, index++), keys);
        if (index == 0 && !path.isEmpty()) keys.add(path, "", place(parser));
    }

    private static JsonToken next(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) throw place(parser).invalid("ends in the middle of a value");
        return token;
    }

    private static Place place(JsonParser parser) {
        JsonLocation at = parser.currentTokenLocation();
        return new Place(Math.max(0, at.getLineNr()), Math.max(0, at.getColumnNr()));
    }

    static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
