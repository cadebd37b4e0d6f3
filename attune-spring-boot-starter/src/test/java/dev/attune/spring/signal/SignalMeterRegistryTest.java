package dev.attune.spring.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.signal.Measurement;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignalMeterRegistryTest {
    private final SignalMeterRegistry registry = new SignalMeterRegistry();

    private Map<String, Measurement> collect() {
        Map<String, Measurement> told = new TreeMap<>();
        registry.collect(each -> told.put(each.name(), each));
        return told;
    }

    @Test
    void meters_areToldByPrometheusNames() {
        registry.counter("orders.failed", "reason", "full").increment(3);
        registry.gauge("queue.size", 7);
        registry.timer("http.server.requests", "uri", "/orders", "instance", "forged")
                .record(250, TimeUnit.MILLISECONDS);
        registry.summary("order.lines").record(4);
        Map<String, Measurement> told = collect();
        assertThat(told.keySet())
                .contains(
                        "orders_failed_total",
                        "queue_size",
                        "http_server_requests_seconds",
                        "order_lines_count",
                        "order_lines_sum");
        assertThat(told.get("orders_failed_total"))
                .isEqualTo(Measurement.now("orders_failed_total", Map.of("reason", "full"), new Measurement.Total(3)));
        Measurement timer = Objects.requireNonNull(told.get("http_server_requests_seconds"));
        assertThat(timer.labels()).containsEntry("uri", "/orders").containsEntry("exported_instance", "forged");
        Measurement.Spread spread = (Measurement.Spread) timer.value();
        assertThat(spread.values()[0]).isCloseTo(0.25, within(0.01));
        assertThat(spread.counts()).containsExactly(1);
    }

    @Test
    void timer_stillAnswersToMicrometer() {
        var timer = registry.timer("t");
        timer.record(2, TimeUnit.SECONDS);
        timer.record(4, TimeUnit.SECONDS);
        collect();
        assertThat(timer.count()).isEqualTo(2);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isCloseTo(6, within(1e-9));
        assertThat(timer.max(TimeUnit.SECONDS)).isCloseTo(4, within(1e-6));
        registry.gauge("nothing", Double.NaN);
        assertThat(collect()).doesNotContainKey("nothing");
    }
}
