package dev.attune.client.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.signal.LogLine;
import dev.attune.model.signal.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignalsTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<Measurement> told = new ArrayList<>();
    private final List<LogLine> lines = new ArrayList<>();
    private boolean connected = true;
    private final Signals signals = new Signals(
            (measurements, logged) -> {
                if (!connected) return false;
                told.addAll(measurements);
                lines.addAll(logged);
                return true;
            },
            Runnable::run,
            Duration.ofSeconds(10));

    private Measurement.Value value(String name) {
        return told.stream()
                .filter(each -> each.name().equals(name))
                .reduce((first, last) -> last)
                .orElseThrow()
                .value();
    }

    @Test
    void meters_areToldOnceEachInterval() {
        signals.counter("orders.failed", "reason", "full").increment(3);
        signals.gauge("queue.size", () -> 7);
        signals.tick(0);
        signals.tick(9 * SECOND);
        assertThat(told).hasSize(2);
        assertThat(value("orders_failed_total")).isEqualTo(new Measurement.Total(3));
        assertThat(value("queue_size")).isEqualTo(new Measurement.Level(7));

        signals.counter("orders.failed", "reason", "full").increment();
        signals.tick(10 * SECOND);
        assertThat(told).hasSize(4);
        assertThat(value("orders_failed_total")).isEqualTo(new Measurement.Total(4));
    }

    @Test
    void timer_tellsWhatCameSinceTheLastTimeToFivePercent() {
        Timer timer = signals.timer("latency");
        for (int i = 0; i < 90; i++) timer.record(10, TimeUnit.MILLISECONDS);
        for (int i = 0; i < 10; i++) timer.record(2, TimeUnit.SECONDS);
        timer.record(-1, TimeUnit.SECONDS);
        signals.tick(0);
        Measurement.Spread spread = (Measurement.Spread) value("latency_seconds");
        assertThat(spread.counts()).containsExactly(1, 90, 10);
        assertThat(spread.values()[1]).isCloseTo(0.010, within(0.0003));
        assertThat(spread.values()[2]).isCloseTo(2, within(0.06));

        signals.tick(10 * SECOND);
        assertThat(((Measurement.Spread) value("latency_seconds")).values()).isEmpty();
    }

    @Test
    void centreThatIsAway_costsTheMeasurementsAndNothingElse() {
        signals.counter("a").increment();
        signals.log("ERROR", "broken");
        connected = false;
        signals.tick(0);
        assertThat(signals.dropped()).isEqualTo(2);

        connected = true;
        signals.tick(10 * SECOND);
        assertThat(value("a_total")).isEqualTo(new Measurement.Total(1));
        assertThat(lines).isEmpty();
    }

    @Test
    void talkativeLog_doesNotPushErrorsOut() {
        for (int i = 0; i < 3_000; i++) signals.log("INFO", "order " + i);
        for (int i = 0; i < 500; i++) signals.log("SEVERE", "broken");
        signals.tick(0);

        assertThat(lines).filteredOn(each -> each.level().equals("ERROR")).hasSize(500);
        assertThat(lines).hasSize(1_500);
        assertThat(signals.dropped()).isEqualTo(2_000);
    }

    @Test
    void sourceThatFails_doesNotSilenceTheOthers() {
        signals.source(to -> {
            throw new IllegalStateException("expected by this test");
        });
        signals.counter("a").increment();
        signals.tick(0);
        assertThat(value("a_total")).isEqualTo(new Measurement.Total(1));
    }

    @Test
    void nameOfAnotherKindOfMeter_isRefused() {
        signals.timer("latency");
        signals.gauge("latency.seconds", () -> 1);
        assertThat(signals.counter("x")).isSameAs(signals.counter("x"));
        assertThatThrownBy(() -> signals.timer("latency")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> signals.counter("y", "odd")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyMeasurements_areToldInSeveralFrames() {
        List<Integer> sizes = new ArrayList<>();
        Signals many = new Signals(
                (measurements, logged) -> sizes.add(measurements.size() + logged.size()),
                Runnable::run,
                Duration.ofSeconds(10));
        for (int i = 0; i < 1_200; i++) many.counter("c" + i);
        for (int i = 0; i < 200; i++) many.log("INFO", "x".repeat(10_000));
        many.tick(0);
        assertThat(sizes.subList(0, 3)).containsExactly(500, 500, 200);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_400);
        assertThat(sizes.size()).isGreaterThan(6);
    }
}
