package dev.attune.tuning.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectorTest {
    private static final SeriesId SERIES = SeriesId.of("http_total", "i1", Map.of("code", "503", "path", "/a"));

    @Test
    void conditions_compareLabelsByAllFourOperators() {
        assertThat(accepts("http_total")).isTrue();
        assertThat(accepts("http_total{code=\"503\"}")).isTrue();
        assertThat(accepts("http_total{ code = '503' , path!=\"/b\" }")).isTrue();
        assertThat(accepts("http_total{code=~\"5..\"}")).isTrue();
        assertThat(accepts("http_total{code=~\"5\"}")).isFalse();
        assertThat(accepts("http_total{code!~\"5..\"}")).isFalse();
        assertThat(accepts("http_total{zone=\"\"}")).isTrue();
        assertThat(accepts("other{}")).isFalse();
    }

    @Test
    void aMistake_isNamedWithItsPlace() {
        Selector.SyntaxException mistake =
                catchThrowableOfType(Selector.SyntaxException.class, () -> Selector.parse("http_total{code:\"5\"}"));

        assertThat(mistake.offset()).isEqualTo(15);
        assertThat(mistake).hasMessageContaining("one of = != =~ !~");
        assertThatThrownBy(() -> Selector.parse("m{a=~\"(\"}")).hasMessageContaining("pattern");
        assertThatThrownBy(() -> Selector.parse("m{a=\"b\"")).hasMessageContaining("expected");
        assertThatThrownBy(() -> Selector.parse("m{a=\"b")).hasMessageContaining("does not end");
        assertThatThrownBy(() -> Selector.parse("m{} x")).hasMessageContaining("follow");
        assertThatThrownBy(() -> Selector.parse("m".repeat(513))).hasMessageContaining("512");
    }

    @Test
    void theTextOfASelector_isReadBackEqual() {
        Selector selector = Selector.parse("m{a=\"x\\\"y\",b=~'1+'}");

        assertThat(Selector.parse(selector.toString()).toString()).isEqualTo(selector.toString());
    }

    private static boolean accepts(String text) {
        return Selector.parse(text).accepts(SERIES, Cohort.OTHER);
    }
}
