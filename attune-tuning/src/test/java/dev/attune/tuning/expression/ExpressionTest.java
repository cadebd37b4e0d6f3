package dev.attune.tuning.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tuning.expression.Language.Result;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpressionTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final Language LANGUAGE = new Language();
    private static final Facts FACTS = new Facts() {
        @Override
        public double current(String key) {
            return key.equals("pool.size") ? 16 : Double.NaN;
        }

        @Override
        public double appliedForSeconds(String key) {
            return 600;
        }

        @Override
        public long changedAtMillis() {
            return NOW - 300_000;
        }
    };

    private final SignalStore store = new SignalStore("shop/orders", SignalLimits.DEFAULT);

    @BeforeEach
    void fill() {
        store.want(
                List.of(
                        Selector.of("http_total"),
                        Selector.of("heap_used"),
                        Selector.of("heap_max"),
                        Selector.of("log_lines_total")),
                List.of());
        for (int i = 0; i < 60; i++) {
            long at = NOW - 600_000 + i * 10_000L;
            for (String instance : List.of("a", "b")) {
                boolean changed = instance.equals("a") && at >= NOW - 300_000;
                offer(new Sample.Increase(SeriesId.of("http_total", instance, Map.of("code", "200")), at, 90));
                offer(new Sample.Increase(SeriesId.of("http_total", instance, Map.of("code", "500")), at, 10));
                offer(new Sample.Gauge(SeriesId.of("heap_used", instance), at, changed ? 75 : 50));
                offer(new Sample.Gauge(SeriesId.of("heap_max", instance), at, 100));
                offer(new Sample.Increase(SeriesId.of("log_lines_total", instance, Map.of("level", "ERROR")), at, 2));
            }
        }
    }

    @Test
    void selectorsAndDurations_standForThemselves() {
        assertThat(number("rate(http_total{code=\"500\"}, 1m)")).isEqualTo(2);
        assertThat(number("max(heap_used{}, 30s) / max(heap_max, 30s)")).isEqualTo(0.75);
        assertThat(number("ratio(http_total{code=\"500\"}, http_total, 1m)")).isEqualTo(0.1, within(1e-9));
        assertThat(number("2 * current(\"pool.size\") + 1")).isEqualTo(33);
        assertThat(number("logs(\"ERROR\", 1m)")).isEqualTo(24);
        assertThat(number("slo_score(100, 0.3, 0.2, 10)")).isEqualTo(95, within(1e-9));
        assertThat(number("delta_after_change(heap_used, 1m)")).isEqualTo(0.5, within(1e-6));
    }

    @Test
    void conditions_combine() {
        assertThat(holds("rate(http_total{code=\"500\"}, 1m) > 1 && appliedFor(\"pool.size\") > 5m"))
                .isTrue();
        assertThat(holds("last(heap_used) >= 0.9 * last(heap_max)")).isFalse();
        assertThat(holds("absent(never_seen, 1m)")).isTrue();
        assertThat(holds("last(heap_used) > 60 ? true : false")).isTrue();
    }

    @Test
    void whatWasRead_isRecordedInOrder() {
        Evaluation evaluation = evaluate("avg(heap_used, 30s) / avg(heap_max, 30s)", Result.NUMBER);

        assertThat(evaluation.inputs())
                .extracting(Evaluation.Input::question)
                .containsExactly("avg(heap_used{},30.0s)", "avg(heap_max{},30.0s)");
        assertThat(evaluation.inputs().get(0).reading().instances()).isEqualTo(2);
    }

    @Test
    void missingSignals_spreadUnlessTheRestDecides() {
        assertThat(evaluate("1 + rate(never_seen, 1m)", Result.NUMBER).missing())
                .contains("never_seen");
        assertThat(evaluate("rate(never_seen, 1m) > 1", Result.CONDITION).isMissing())
                .isTrue();
        assertThat(evaluate("rate(never_seen, 1m) > 1 || true", Result.CONDITION)
                        .holds())
                .isTrue();
        assertThat(evaluate("rate(never_seen, 1m) > 1 && false", Result.CONDITION)
                        .isMissing())
                .isFalse();
        assertThat(evaluate("current(\"unknown\")", Result.NUMBER).isMissing()).isTrue();
        assertThat(evaluate("1 / 0", Result.NUMBER).isMissing()).isTrue();
        assertThat(evaluate("rate(http_total, 20d)", Result.NUMBER).missing()).contains("window");
    }

    @Test
    void aMistake_isRefusedWithItsPlace() {
        assertMistake("rate(http_total) > 1", 1, 5, "no matching overload");
        assertMistake("1 +\n  nonsense(3)", 2, 11, "undeclared reference to 'nonsense'");
        assertMistake("rate(http_total{code:\"5\"}, 1m)", 1, 21, "one of = != =~ !~");
        assertMistake("rate(http_total, 5q)", 1, 19, "unit: q");
        assertMistake("rate(http_total, 1m) +", 1, 22, "mismatched input");
        assertMistake("\"open", 1, 1, "does not end");
        assertMistake("x".repeat(2_001), 1, 1, "2000");
    }

    @Test
    void theWrongResult_isRefused() {
        assertThat(catchThrowableOfType(ExpressionException.class, () -> LANGUAGE.compile("1 + 1", Result.CONDITION)))
                .hasMessageContaining("expected type 'bool'");
        assertThat(catchThrowableOfType(ExpressionException.class, () -> LANGUAGE.compile("heap_used", Result.NUMBER)))
                .isNotNull();
    }

    @Test
    void loopsAndHiddenNames_doNotExist() {
        assertThat(catchThrowableOfType(
                        ExpressionException.class, () -> LANGUAGE.compile("[1, 2].all(x, x > 0)", Result.CONDITION)))
                .isNotNull();
        assertMistake("_s0 > 1", 1, 1, "may not begin");
    }

    private static void assertMistake(String text, int line, int column, String problem) {
        ExpressionException mistake =
                catchThrowableOfType(ExpressionException.class, () -> LANGUAGE.compile(text, Result.NUMBER));
        assertThat(mistake).as(text).hasMessageContaining(problem);
        assertThat(List.of(mistake.line(), mistake.column())).as(text).containsExactly(line, column);
    }

    private double number(String text) {
        Evaluation evaluation = evaluate(text, Result.NUMBER);
        assertThat(evaluation.missing()).isEmpty();
        return evaluation.value();
    }

    private boolean holds(String text) {
        return evaluate(text, Result.CONDITION).holds();
    }

    private Evaluation evaluate(String text, Result result) {
        Fleet fleet = new Fleet(new TreeMap<>(Map.of("a", Cohort.CANARY, "b", Cohort.BASELINE)));
        return LANGUAGE.compile(text, result)
                .evaluate(new SignalQuery(store, fleet, Quality.DEFAULT, NOW + 10_000), FACTS);
    }

    private void offer(Sample sample) {
        store.offer("shop/orders", sample, sample.atMillis());
    }
}
