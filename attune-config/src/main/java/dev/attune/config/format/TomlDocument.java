package dev.attune.config.format;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import java.io.IOException;
import java.util.Map;

/** TOML 1.0. Dates keep their spelling; repeated keys and tables are refused by the parser. */
final class TomlDocument {
    static final TomlFactory FACTORY = TomlFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Documents.DEPTH_MAX)
                    .maxNumberLength(1000)
                    .maxNameLength(1024)
                    .build())
            .build();

    private TomlDocument() {}

    static Map<String, String> keys(String text) {
        FlatKeys keys = new FlatKeys();
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first != null) JsonDocument.collect(parser, first, keys);
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
        return keys.toMap();
    }

    static InvalidDocumentException invalid(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        int line = at == null ? 0 : Math.max(0, at.getLineNr());
        int column = at == null ? 0 : Math.max(0, at.getColumnNr());
        return new InvalidDocumentException(line, column, JsonDocument.firstLine(e.getOriginalMessage()));
    }
}
