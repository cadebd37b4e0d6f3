package dev.attune.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class VariableNamesTest {
    @Test
    void key_becomesAnUpperCaseName() {
        assertThat(VariableNames.of("db.pool[0].max-size")).isEqualTo("DB_POOL_0__MAX_SIZE");
        assertThat(VariableNames.of("1st")).isEqualTo("_1ST");
        assertThat(VariableNames.of("größe")).isEqualTo("GR__E");
    }

    @Property
    void anyKey_becomesANameThatShellsAccept(@ForAll @StringLength(min = 1, max = 30) String key) {
        assertThat(VariableNames.of(key)).matches("[A-Z_][A-Z0-9_]*");
    }

    @Test
    void prefix_comesBeforeEachName() {
        assertThat(VariableNames.of(Map.of("port", "1"), "app.")).containsExactly(Map.entry("APP_PORT", "1"));
    }

    @Test
    void valueWithNul_isRefused() {
        assertThatThrownBy(() -> VariableNames.of(Map.of("a", "x\0y"), "")).hasMessage("value of a: holds a NUL");
    }
}
