package dev.attune.config.schema;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.config.format.Document;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.model.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileSchemaTest {
    private static final String SCHEMA = "{\"type\":\"object\",\"required\":[\"pool\"],\"properties\":{\"pool\":{"
            + "\"type\":\"object\",\"properties\":{\"size\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":100},"
            + "\"name\":{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}}}}}";

    @Test
    void sameContentInEveryFormat_fitsOrFailsAlike() {
        FileSchema schema = schema(SCHEMA);
        List<String[]> formats = List.of(
                new String[] {"a.yaml", "pool: {size: %s, name: main}"},
                new String[] {"a.json", "{\"pool\":{\"size\":%s,\"name\":\"main\"}}"},
                new String[] {"a.properties", "pool.size=%s\npool.name=main\n"},
                new String[] {"a.toml", "[pool]\nsize = %s\nname = 'main'\n"},
                new String[] {"a.xml", "<c><pool><size>%s</size><name>main</name></pool></c>"});
        for (String[] each : formats) {
            assertThatCode(() -> schema.check(Document.read(each[0], Bytes.utf8(each[1].replace("%s", "10")))))
                    .as(each[0])
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> schema.check(Document.read(each[0], Bytes.utf8(each[1].replace("%s", "500")))))
                    .as(each[0])
                    .isInstanceOf(InvalidDocumentException.class)
                    .hasMessageContaining("/pool/size")
                    .hasMessageContaining("100");
        }
    }

    @Test
    void missingAndMalformed_areNamedTogether() {
        assertThatThrownBy(() ->
                        schema(SCHEMA).check(Document.read("a.yaml", Bytes.utf8("pool: {size: many, name: Main}"))))
                .hasMessageContaining("/pool/size")
                .hasMessageContaining("/pool/name");
        assertThatThrownBy(() -> schema(SCHEMA).check(Document.read("a.yaml", Bytes.utf8("x: 1"))))
                .hasMessageContaining("pool");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": 7}",
                "not json",
                "{\"$ref\": \"https://example.com/schema.json\"}",
                "{\"$ref\": \"file:///etc/passwd\"}",
                "{\"properties\": {\"a\": {\"type\": \"string\", \"pattern\": \"(a)\\\\1\"}}}",
            })
    void whatIsNoSchemaOrReachesOutside_isRefused(String text) {
        assertThatThrownBy(() -> schema(text).check(Document.read("a.yaml", Bytes.utf8("a: x\n"))))
                .isInstanceOf(InvalidDocumentException.class);
    }

    @Test
    void patternThatBacktracksElsewhere_isCheckedInLinearTime() {
        FileSchema schema = schema("{\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}}}");

        assertThatThrownBy(() -> schema.check(Document.read("a.yaml", Bytes.utf8("a: " + "a".repeat(5_000) + "!\n"))))
                .isInstanceOf(InvalidDocumentException.class);
    }

    private static FileSchema schema(String text) {
        return FileSchema.of("a.schema.json", Bytes.utf8(text));
    }
}
