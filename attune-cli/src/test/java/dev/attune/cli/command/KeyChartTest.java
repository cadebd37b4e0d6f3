package dev.attune.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.cli.command.KeyChart.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyChartTest {
    @Test
    void eachColumn_isAsHighAsTheValueInForceThen() {
        List<Point> points = List.of(new Point(0, "100"), new Point(50, "200"), new Point(75, "150"));

        assertThat(KeyChart.draw(points, 100, 4)).isEqualTo("▁█▅▅  100 to 200");
    }

    @Test
    void aValueThatNeverChanged_isFlat() {
        assertThat(KeyChart.draw(List.of(new Point(0, "8")), 100, 5)).isEqualTo("▁▁▁▁▁  8 to 8");
    }

    @Test
    void words_haveNoChart() {
        assertThat(KeyChart.draw(List.of(new Point(0, "INFO"), new Point(1, "WARN")), 9, 5))
                .isEmpty();
        assertThat(KeyChart.draw(List.of(), 9, 5)).isEmpty();
    }

    @Test
    void lengthsOfTime_areReadWithTheirUnit() {
        assertThat(Spans.seconds("--for", "90s")).isEqualTo(90);
        assertThat(Spans.seconds("--for", "2h")).isEqualTo(7_200);
        assertThat(Spans.seconds("--for", "1d")).isEqualTo(86_400);
        for (String wrong : List.of("", "5", "h", "-1h", "1w", "9999999s", "1.5h"))
            assertThatThrownBy(() -> Spans.seconds("--for", wrong))
                    .as(wrong)
                    .hasMessageContaining("expected: 30s, 2m, 1h or 1d");
    }
}
