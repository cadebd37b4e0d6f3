package dev.attune.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class SafeTextTest {
    @Test
    void escapeSequence_losesItsEscape() {
        assertThat(SafeText.of("\u001B]0;title\u0007ok\u009B31m")).isEqualTo("\uFFFD]0;title\uFFFDok\uFFFD31m");
    }

    @Test
    void textThatReordersItself_isShownAsWritten() {
        assertThat(SafeText.of("a\u202Eb\u2066c")).isEqualTo("a\uFFFDb\uFFFDc");
    }

    @Test
    void ordinaryText_staysAsItIs() {
        String text = "größe: 42\tµs\r\n配置\n";

        assertThat(SafeText.of(text)).isEqualTo(text);
    }

    @Test
    void loneCarriageReturn_cannotOverwriteALine() {
        assertThat(SafeText.of("denied\rgranted")).isEqualTo("denied\uFFFDgranted");
    }

    @Property
    void anyText_holdsNoControlCharacters(@ForAll String text) {
        assertThat(SafeText.of(text).replace("\n", "").replace("\t", "").replace("\r", ""))
                .doesNotMatch("(?s).*[\\x00-\\x1F\\x7F-\\x9F].*");
    }

    @Property
    void anyTextAsJson_isSafeAndParsesToItself(@ForAll String text) {
        String json = Json.line(Json.object().put("text", text));

        assertThat(SafeText.of(json)).isEqualTo(json);
        byte[] bytes = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        if (isWellFormed(text))
            assertThat(Json.parse(bytes).path("text").asText()).isEqualTo(text);
    }

    private static boolean isWellFormed(String text) {
        return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
