package dev.attune.server.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's JSON encoding into its messages: enums are numbers, 64-bit numbers may be texts, unknown fields are
 * skipped. Fields of bytes are skipped too; they hold ids of traces, which nothing here looks at. Safe to share.
 */
final class OtlpJson {
    private static final int DEPTH_MAX = 32;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(1 << 20)
                    .maxNumberLength(100)
                    .maxNameLength(256)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private OtlpJson() {}

    /** Fills a message; fails with {@code INVALID_ARGUMENT}. */
    static void read(byte[] json, Message.Builder into) {
        try (JsonParser in = FACTORY.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) throw malformed(null);
            message(in, into);
            if (in.nextToken() != null) throw malformed(null);
        } catch (IOException | NumberFormatException e) {
            throw malformed(e);
        }
    }

    private static AttuneException malformed(@Nullable Exception cause) {
        return new AttuneException(ErrorCode.INVALID_ARGUMENT, "body: not the JSON that was expected", cause);
    }

    private static void message(JsonParser in, Message.Builder into) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            FieldDescriptor field = field(in.currentName(), into);
            JsonToken value = in.nextToken();
            if (field == null || value == JsonToken.VALUE_NULL) {
                in.skipChildren();
            } else if (field.isRepeated()) {
                if (value != JsonToken.START_ARRAY) throw malformed(null);
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    Object each = value(in, field, into);
                    if (each != null) into.addRepeatedField(field, each);
                }
            } else {
                Object one = value(in, field, into);
                if (one != null) into.setField(field, one);
            }
        }
    }

    private static @Nullable FieldDescriptor field(String name, Message.Builder into) {
        for (FieldDescriptor each : into.getDescriptorForType().getFields())
            if (each.getJsonName().equals(name) || each.getName().equals(name)) return each;
        return null;
    }

    private static @Nullable Object value(JsonParser in, FieldDescriptor field, Message.Builder parent)
            throws IOException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            if (in.currentToken() != JsonToken.START_OBJECT) throw malformed(null);
            Message.Builder child = parent.newBuilderForField(field);
            message(in, child);
            return child.build();
        }
        if (in.currentToken().isStructStart()) throw malformed(null);
        return switch (field.getJavaType()) {
            case STRING -> in.getText();
            case DOUBLE -> Double.parseDouble(in.getText());
            case FLOAT -> Float.parseFloat(in.getText());
            case INT -> (int) whole(field, in.getText());
            case LONG -> whole(field, in.getText());
            case BOOLEAN -> Boolean.parseBoolean(in.getText());
            case ENUM -> enumValue(field, in.getText());
            default -> null;
        };
    }

    /** Unsigned fields hold what is larger than the largest signed number as a negative one. */
    private static long whole(FieldDescriptor field, String text) {
        boolean unsigned =
                field.getType() == FieldDescriptor.Type.FIXED64 || field.getType() == FieldDescriptor.Type.UINT64;
        return unsigned ? Long.parseUnsignedLong(text) : Long.parseLong(text);
    }

    private static @Nullable EnumValueDescriptor enumValue(FieldDescriptor field, String text) {
        EnumValueDescriptor byName = field.getEnumType().findValueByName(text);
        return byName != null ? byName : field.getEnumType().findValueByNumber(Integer.parseInt(text));
    }
}
