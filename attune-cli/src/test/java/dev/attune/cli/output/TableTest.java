package dev.attune.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void columns_areAsWideAsTheirWidestCell() {
        String text = Table.of("A", "LONG").row("value", 1).row("v", "x").text();

        assertThat(text).isEqualTo("A      LONG\nvalue  1\nv      x\n");
    }

    @Test
    void newlineInACell_staysInItsRow() {
        assertThat(Table.of("A").row("x\ny").text()).isEqualTo("A\nx\\ny\n");
    }

    @Test
    void rowOfAnotherWidth_isRefused() {
        assertThatThrownBy(() -> Table.of("A").row("x", "y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cells: 2 (expected: 1)");
    }
}
