package dev.attune.model.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetricNamesTest {
    @ParameterizedTest
    @CsvSource({
        "http.server.request.duration, s, false, http_server_request_duration_seconds",
        "http_server_requests_seconds, s, false, http_server_requests_seconds",
        "orders.failed, '', true, orders_failed_total",
        "orders_failed_total, '', true, orders_failed_total",
        "sent, By, true, sent_bytes_total",
        "sent.bytes, bytes, true, sent_bytes_total",
        "queue.size, '{item}', false, queue_size",
        "ratio, '1', false, ratio",
        "disk.io, By/s, false, disk_io_By_per_s",
        "5xx, '', false, _5xx"
    })
    @DisplayName("a metric has one name, by whichever way it comes")
    void metric_isNamedAsPrometheusWould(String name, String unit, boolean counts, String expected) {
        assertThat(MetricNames.metric(name, unit, counts)).isEqualTo(expected);
    }
}
