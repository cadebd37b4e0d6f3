package dev.attune.tuning.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.policy.Method;
import dev.attune.tuning.policy.PolicyReader;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacktestTest {
    private static final long START = 1_700_000_000_000L;
    private static final long STEP = 10_000;
    private static final TuningPolicy POLICY = (TuningPolicy) new PolicyReader(new Language())
            .read(
                    """
                    kind: TuningPolicy
                    metadata: {name: level, app: orders}
                    spec:
                      key: log.level
                      steps: {when: 'avg(errors, 30s) > 50', for: 30s, set: WARN}
                      return: {when: 'avg(errors, 30s) < 5', for: 1m, to: previous}
                      limits: {tick: 10s, cooldown: 30s}
                    """)
            .get(0);

    private final SignalStore store = new SignalStore("orders", SignalLimits.DEFAULT);

    BacktestTest() {
        store.want(POLICY.selectors(), List.of());
    }

    private void measured(int from, int to, double value) {
        for (int i = from; i < to; i++)
            for (String each : List.of("a", "b"))
                store.offer(
                        "orders",
                        new Sample.Gauge(SeriesId.of("errors", each), START + i * STEP, value),
                        START + i * STEP);
    }

    private SignalQuery query(int step) {
        return new SignalQuery(store, Fleet.of(List.of("a", "b")), Quality.DEFAULT, START + step * STEP);
    }

    private Backtest.Report run(int to) {
        return Backtest.run(
                POLICY,
                POLICY.decider("v1", null),
                query(to),
                value -> Facts.NONE,
                Setting.of("INFO"),
                new Backtest.Span(START, START + to * STEP));
    }

    @Test
    void aBurstOfErrors_wouldHaveFiredOnceAndReturned() {
        measured(0, 30, 0);
        measured(30, 60, 100);
        measured(60, 120, 0);

        Backtest.Report report = run(120);

        assertThat(report.ticks()).isEqualTo(120);
        assertThat(report.told())
                .extracting(each -> each.from().text() + ">" + each.to().text())
                .containsExactly("INFO>WARN", "WARN>INFO");
        assertThat(report.told().get(0).atMillis()).isBetween(START + 33 * STEP, START + 40 * STEP);
        assertThat(report.codes()).containsKey("NOTHING");
    }

    @Test
    void theSameSignals_giveTheSameReport() {
        measured(0, 30, 0);
        measured(30, 60, 100);

        assertThat(run(60)).isEqualTo(run(60));
    }

    @Test
    void whatWasNotMeasured_isCountedAsMissing() {
        assertThat(run(20).codes()).containsEntry("NO_DATA", 20);
    }

    @Test
    void aProfileSamples_takesOnlyWindowsThatLieInsideAValue() {
        measured(0, 30, 10);
        measured(30, 60, 20);
        Method.ByThreshold method = (Method.ByThreshold) POLICY.method();
        assertThat(method.when().selectors()).hasSize(1);
        var metric = new Language().compile("avg(errors, 30s)", Language.Result.NUMBER);
        List<ProfileSamples.Held> held = List.of(
                new ProfileSamples.Held(1, START, START + 30 * STEP),
                new ProfileSamples.Held(2, START + 30 * STEP, START + 60 * STEP),
                new ProfileSamples.Held(3, START + 60 * STEP, START + 61 * STEP));

        List<Model.Sample> samples = ProfileSamples.samples(metric, query(61), Facts.NONE, held, 30_000);

        assertThat(samples).extracting(Model.Sample::key).containsExactly(1.0, 2.0);
        assertThat(samples.get(0).metric()).containsOnly(10);
        assertThat(samples.get(1).metric()).containsOnly(20);
    }

    @Test
    void valuesThatSomeInstancesHad_areMeasuredOnThemAlone() {
        for (int i = 0; i < 30; i++)
            for (String each : List.of("a", "b"))
                store.offer(
                        "orders",
                        new Sample.Gauge(SeriesId.of("errors", each), START + i * STEP, each.equals("a") ? 10 : 99),
                        START + i * STEP);
        var metric = new Language().compile("avg(errors, 30s)", Language.Result.NUMBER);
        List<ProfileSamples.Held> held = List.of(
                new ProfileSamples.Held(1, START, START + 30 * STEP, List.of("a")),
                new ProfileSamples.Held(2, START, START + 30 * STEP, List.of("a", "gone")));

        List<Model.Sample> samples = ProfileSamples.samples(metric, query(30), Facts.NONE, held, 30_000);

        assertThat(samples).extracting(Model.Sample::key).containsExactly(1.0);
        assertThat(samples.get(0).metric()).hasSizeGreaterThan(5).containsOnly(10);
    }
}
