package dev.attune.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void odd_count_takes_the_middle_whatever_the_order() {
        assertThat(Summary.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Summary(4, 1, 9));
    }

    @Test
    void even_count_takes_the_mean_of_the_two_in_the_middle() {
        assertThat(Summary.of(List.of(8.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
    }

    @Test
    void ratios_are_taken_round_by_round_not_of_the_medians() {
        Summary ratio = Summary.ratios(List.of(10.0, 40.0, 90.0), List.of(5.0, 40.0, 30.0));
        assertThat(ratio).isEqualTo(new Summary(2, 1, 3));
    }

    @Test
    void ratios_of_unequal_rounds_are_refused() {
        assertThatThrownBy(() -> Summary.ratios(List.of(1.0), List.of(1.0, 2.0)))
                .hasMessageContaining("denominators: 2");
    }

    @Test
    void percentile_is_the_nearest_rank() {
        List<Double> hundred =
                IntStream.rangeClosed(1, 100).mapToObj(each -> (double) each).toList();
        assertThat(Summary.percentile(hundred, 50)).isEqualTo(50);
        assertThat(Summary.percentile(hundred, 99)).isEqualTo(99);
        assertThat(Summary.percentile(List.of(7.0), 99)).isEqualTo(7);
    }

    @Test
    void nothing_measured_has_no_summary() {
        assertThatThrownBy(() -> Summary.of(List.of())).hasMessageContaining("values: 0");
    }
}
