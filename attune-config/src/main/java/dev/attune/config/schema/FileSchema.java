package dev.attune.config.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.DisallowSchemaLoader;
import dev.attune.config.format.Document;
import dev.attune.config.format.Format;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.model.Bytes;
import java.util.Set;
import java.util.stream.Collectors;

/** A JSON Schema (2020-12), ready to check texts. Safe for all threads. */
public final class FileSchema {
    /** The suffix of files that hold schemas and are checked as such. */
    public static final String SUFFIX = ".schema.json";

    private static final int TOLD_MAX = 10;

    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.add(DisallowSchemaLoader.getInstance())));

    private static final JsonSchema META = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(SchemaLocation.of(SchemaId.V202012), config(false));

    private final JsonSchema strict;
    private final JsonSchema loose;

    private FileSchema(JsonSchema strict, JsonSchema loose) {
        this.strict = strict;
        this.loose = loose;
    }

    /**
     * Reads a schema.
     *
     * @throws InvalidDocumentException when it is no schema, refers to another document, or has a pattern that RE2 does
     *     not know
     */
    public static FileSchema of(String file, Bytes text) {
        return of(Document.read(file, text));
    }

    /**
     * The same of a text that was read.
     *
     * @throws InvalidDocumentException as {@link #of(String, Bytes)} does
     */
    public static FileSchema of(Document document) {
        try {
            Set<ValidationMessage> problems = META.validate(document.text(), InputFormat.JSON);
            if (!problems.isEmpty()) throw invalid("schema", problems);
            JsonNode node = document.tree();
            JsonSchema strict = FACTORY.getSchema(node, config(false));
            JsonSchema loose = FACTORY.getSchema(node, config(true));
            strict.initializeValidators();
            loose.initializeValidators();
            return new FileSchema(strict, loose);
        } catch (JsonSchemaException | PatternSyntaxException | IllegalArgumentException e) {
            throw new InvalidDocumentException(0, 0, "schema: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Checks a text.
     *
     * @throws InvalidDocumentException naming each key that does not fit and what was expected of it
     */
    public void check(Document document) {
        Format format = Format.of(document.file());
        if (!format.hasKeys()) return;
        // Properties and XML know only strings, so their spelling decides what they may stand for.
        boolean untyped = format == Format.PROPERTIES || format == Format.XML;
        try {
            Set<ValidationMessage> problems = (untyped ? loose : strict).validate(document.tree());
            if (!problems.isEmpty()) throw invalid("does not fit its schema", problems);
        } catch (JsonSchemaException e) {
            throw new InvalidDocumentException(0, 0, "schema: " + firstLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            // A schema that refers to itself without consuming anything never ends otherwise.
            throw new InvalidDocumentException(0, 0, "schema: refers to itself without end");
        }
    }

    private static SchemaValidatorsConfig config(boolean typeLoose) {
        return SchemaValidatorsConfig.builder()
                .pathType(PathType.JSON_POINTER)
                .formatAssertionsEnabled(true)
                .typeLoose(typeLoose)
                .regularExpressionFactory(regex -> {
                    Pattern pattern = Pattern.compile(regex);
                    return value -> pattern.matcher(value).find();
                })
                .build();
    }

    private static InvalidDocumentException invalid(String what, Set<ValidationMessage> problems) {
        String told = problems.stream()
                .limit(TOLD_MAX)
                .map(each -> {
                    String path = each.getInstanceLocation().toString();
                    String message = String.valueOf(each.getMessage());
                    return message.startsWith(path) && !path.isEmpty() ? message : path + ": " + message;
                })
                .collect(Collectors.joining("; "));
        String more = problems.size() > TOLD_MAX ? "; and " + (problems.size() - TOLD_MAX) + " more" : "";
        return new InvalidDocumentException(0, 0, what + ": " + told + more);
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
