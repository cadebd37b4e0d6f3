package dev.attune.server.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.signal.Measurement;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrometheusTextTest {
    private static List<Measurement> read(String text) {
        return PrometheusText.read(text, 1_000).measurements();
    }

    @Test
    void textFormat_isRead() {
        List<Measurement> page = read(
                """
                # HELP http_requests_total Requests
                # TYPE http_requests_total counter
                http_requests_total{method="post",path="a\\"b\\\\c\\nd",instance="x"} 1027 1395066363000
                # TYPE heap gauge
                heap{} 1.5e3
                not_typed -Inf
                not_typed 4
                heap NaN
                """);
        assertThat(page).hasSize(3);
        assertThat(page.get(0).value()).isEqualTo(new Measurement.Total(1027));
        assertThat(page.get(0).labels())
                .containsEntry("method", "post")
                .containsEntry("path", "a\"b\\c\nd")
                .containsEntry("exported_instance", "x");
        assertThat(page.get(0).atMillis()).isZero();
        assertThat(page.get(1).value()).isEqualTo(new Measurement.Level(1500));
        assertThat(page.get(2).name()).isEqualTo("not_typed");
    }

    @Test
    void histogram_isOneSpread() {
        List<Measurement> page = read(
                """
                # TYPE h_seconds histogram
                h_seconds_bucket{le="1",u="a"} 2
                h_seconds_bucket{le="4",u="a"} 5
                h_seconds_bucket{le="+Inf",u="a"} 6
                h_seconds_sum{u="a"} 12
                h_seconds_count{u="a"} 6
                h_seconds_created{u="a"} 1
                """);
        assertThat(page).hasSize(3);
        Measurement.Spread spread = (Measurement.Spread) page.get(2).value();
        assertThat(page.get(2).name()).isEqualTo("h_seconds");
        assertThat(page.get(2).labels()).containsOnlyKeys("u");
        assertThat(spread.values()).containsExactly(0.5, 2, 4);
        assertThat(spread.counts()).containsExactly(2, 3, 1);
        assertThat(spread.cumulative()).isTrue();
        assertThat(page.get(0).value()).isEqualTo(new Measurement.Total(12));
    }

    @Test
    void openMetrics_isRead() {
        List<Measurement> page = read(
                """
                # TYPE foo counter
                foo_total{a="b"} 17.0 1520879607.789 # {id="x"} 1.0
                foo_created{a="b"} 1520430000.123
                # TYPE s summary
                s{quantile="0.5"} 2
                s_count 4
                # EOF
                """);
        assertThat(page).hasSize(3);
        assertThat(page.get(0).name()).isEqualTo("foo_total");
        assertThat(page.get(0).value()).isEqualTo(new Measurement.Total(17));
        assertThat(page.get(1).value()).isEqualTo(new Measurement.Level(2));
        assertThat(page.get(2).value()).isEqualTo(new Measurement.Total(4));
    }

    @Test
    void malformedLinesAndTooMany_areLeftOutAndCounted() {
        PrometheusText.Page page = PrometheusText.read("a 1\nb{x=\"1\nc{y} 2\n{} 3\nd one\ne{a=\"b\"} 4\nf 5\n", 2);
        assertThat(page.measurements()).extracting(Measurement::name).containsExactly("a", "e");
        assertThat(page.malformed()).isEqualTo(5);
    }
}
