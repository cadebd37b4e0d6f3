package dev.attune.tuning.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SignalStoreTest {
    private static final String APP = "shop/orders";
    private static final long NOW = 1_700_000_000_000L;
    private static final long STEP = Steps.STEP_MILLIS;
    private static final Quality ANY = new Quality(0.8, 1);

    private final SignalStore store = new SignalStore(APP, SignalLimits.DEFAULT);

    SignalStoreTest() {
        store.want(List.of(Selector.of("heap"), Selector.of("requests_total"), Selector.of("latency")), List.of());
    }

    @Test
    void aCounter_countsIncreasesAndRestartsFromNothing() {
        double[] totals = {100, 110, 130, 5, 25};
        for (int i = 0; i < totals.length; i++) total("a", i, totals[i]);

        // 10 + 20, then the restart's 5, then 20.
        assertThat(query(5).increase(Selector.of("requests_total"), 4 * STEP).value())
                .isEqualTo(55);
        assertThat(query(5).rate(Selector.of("requests_total"), 4 * STEP).value())
                .isEqualTo(55 / 40.0, within(1e-9));
    }

    @Test
    void aGauge_averagesLevelsAndSumsOverInstances() {
        for (int i = 0; i < 6; i++) {
            gauge("a", i, 10);
            gauge("b", i, 30);
        }

        SignalQuery query = query(6, "a", "b");
        assertThat(query.avg(Selector.of("heap"), 4 * STEP).value()).isEqualTo(20);
        assertThat(query.sum(Selector.of("heap"), 4 * STEP).value()).isEqualTo(40);
        assertThat(query.max(Selector.of("heap"), 4 * STEP).value()).isEqualTo(30);
        assertThat(query.avg(Selector.parse("heap{instance=\"b\"}"), 4 * STEP).value())
                .isEqualTo(30);
    }

    @Test
    void aStepWithSeveralSamples_keepsLeastGreatestMeanAndLast() {
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 3; j++)
                store.offer(APP, new Sample.Gauge(SeriesId.of("heap", "a"), at(i) + j, 10 * j), at(i) + 5);

        SignalQuery query = query(4, "a");
        assertThat(query.min(Selector.of("heap"), 2 * STEP).value()).isEqualTo(0);
        assertThat(query.max(Selector.of("heap"), 2 * STEP).value()).isEqualTo(20);
        assertThat(query.avg(Selector.of("heap"), 2 * STEP).value()).isEqualTo(10);
        assertThat(query.last(Selector.of("heap")).value()).isEqualTo(20);
    }

    @Test
    void quantilesOfMergedSketches_areWithinOnePercent() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        double[] all = new double[6_000];
        int n = 0;
        for (int step = 0; step < 6; step++) {
            for (String instance : List.of("a", "b")) {
                double[] values = new double[500];
                double[] counts = new double[500];
                for (int i = 0; i < values.length; i++) {
                    values[i] = StrictMath.exp(random.nextDouble() * 6);
                    counts[i] = 1;
                    all[n++] = values[i];
                }
                SeriesId id = SeriesId.of("latency", instance);
                store.offer(APP, new Sample.Distribution(id, at(step), values, counts, false), at(step));
            }
        }
        java.util.Arrays.sort(all);

        for (double q : new double[] {0.5, 0.95, 0.99}) {
            double exact = all[(int) (q * (n - 1))];
            double sketched = query(7, "a", "b")
                    .quantile(q, Selector.of("latency"), 7 * STEP)
                    .value();
            assertThat(sketched).as("seed %d, quantile %s", seed, q).isCloseTo(exact, within(exact * 0.0101));
        }
    }

    @Test
    void cumulativeHistograms_countOnlyWhatIsNew() {
        double[] middles = {1, 10};
        SeriesId id = SeriesId.of("latency", "a");
        store.offer(APP, new Sample.Distribution(id, at(0), middles, new double[] {900, 0}, true), at(0));
        store.offer(APP, new Sample.Distribution(id, at(1), middles, new double[] {900, 10}, true), at(1));
        store.offer(APP, new Sample.Distribution(id, at(2), middles, new double[] {900, 30}, true), at(2));

        SignalQuery query = query(3, "a");
        assertThat(query.increase(Selector.of("latency"), 2 * STEP).value()).isEqualTo(30);
        assertThat(query.quantile(0.5, Selector.of("latency"), 2 * STEP).value())
                .isEqualTo(10, within(0.1));
    }

    @Test
    void theNewestStep_isNotLookedAtYet() {
        for (int i = 0; i < 5; i++) gauge("a", i, i);

        long now = at(4) + 3_000;
        SignalQuery query = new SignalQuery(store, Fleet.of(List.of("a")), ANY, now);

        assertThat(query.last(Selector.of("heap")).value()).isEqualTo(2);
    }

    @Test
    void lateSamples_areMergedForTwoStepsAndDroppedAfter() {
        gauge("a", 5, 1);
        gauge("b", 5, 1);

        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "c"), at(3), 1), at(5)))
                .isEqualTo(Admission.KEPT);
        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "c"), at(2), 1), at(5)))
                .isEqualTo(Admission.LATE);
        assertThat(store.admissions()).containsEntry(Admission.LATE, 1L);
    }

    @Test
    void anInstanceWithAClock30sBehind_isMissingNotZero() {
        for (int i = 5; i < 20; i++) {
            gauge("a", i, 50);
            offer(new Sample.Gauge(SeriesId.of("heap", "behind"), at(i) - 30_000, 50), at(i));
        }

        Reading reading = new SignalQuery(store, Fleet.of(List.of("a", "behind")), Quality.DEFAULT, at(20))
                .avg(Selector.of("heap"), 6 * STEP);
        assertThat(reading.isMissing()).isTrue();
        assertThat(reading.missing()).contains("1 of 2 instances");
        assertThat(store.admissions().get(Admission.LATE)).isEqualTo(15);
    }

    @Test
    void samplesOfTheFutureOrTheDistantPast_areRefused() {
        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "a"), NOW + 120_001, 1), NOW))
                .isEqualTo(Admission.FUTURE);
        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "a"), NOW - 600_001, 1), NOW))
                .isEqualTo(Admission.TOO_OLD);
        assertThat(store.seriesCount()).isZero();
    }

    @Test
    void repeatedSamples_countOnce() {
        Sample.Increase sample = new Sample.Increase(SeriesId.of("requests_total", "a"), at(0), 7);

        assertThat(offer(sample, at(0))).isEqualTo(Admission.KEPT);
        assertThat(offer(sample, at(0))).isEqualTo(Admission.DUPLICATE);
        assertThat(query(1, "a").increase(Selector.of("requests_total"), STEP).value())
                .isEqualTo(7);
    }

    @Test
    void anotherApplicationsCredential_writesNothing() {
        Admission admission = store.offer("shop/payments", new Sample.Gauge(SeriesId.of("heap", "a"), NOW, 1), NOW);

        assertThat(admission).isEqualTo(Admission.FOREIGN);
        assertThat(store.seriesCount()).isZero();
    }

    @Test
    void implausibleAndUnusableValues_areDroppedAndCounted() {
        store.want(List.of(Selector.of("heap")), List.of(new SignalStore.Plausible(Selector.of("heap"), 0, 1_000)));

        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "a"), NOW, 1_001), NOW))
                .isEqualTo(Admission.IMPLAUSIBLE);
        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "a"), NOW, Double.NaN), NOW))
                .isEqualTo(Admission.NOT_FINITE);
        assertThat(offer(new Sample.Gauge(SeriesId.of("heap", "a"), NOW, Double.POSITIVE_INFINITY), NOW))
                .isEqualTo(Admission.NOT_FINITE);
        assertThat(store.admissions()).containsEntry(Admission.IMPLAUSIBLE, 1L).containsEntry(Admission.NOT_FINITE, 2L);
    }

    @Test
    void budgets_areHeldBeforeAnythingIsKept() {
        SignalStore small = new SignalStore(APP, new SignalLimits(2, 1, 2, 8, 2));
        small.want(List.of(Selector.of("heap")), List.of());
        small.offer(APP, new Sample.Gauge(SeriesId.of("heap", "a"), NOW, 1), NOW);
        small.offer(APP, new Sample.Gauge(SeriesId.of("heap", "b"), NOW, 1), NOW);

        assertThat(small.offer(APP, new Sample.Gauge(SeriesId.of("heap", "c"), NOW, 1), NOW))
                .isEqualTo(Admission.SERIES_BUDGET);
        Map<String, String> three = Map.of("x", "1", "y", "1", "z", "1");
        assertThat(small.offer(APP, new Sample.Gauge(SeriesId.of("heap", "a", three), NOW, 1), NOW))
                .isEqualTo(Admission.LABEL_BUDGET);
        Map<String, String> longOne = Map.of("x", "123456789");
        assertThat(small.offer(APP, new Sample.Gauge(SeriesId.of("heap", "a", longOne), NOW, 1), NOW))
                .isEqualTo(Admission.LABEL_BUDGET);
        assertThat(small.offer(APP, new Sample.Gauge(SeriesId.of("other", "a"), NOW, 1), NOW))
                .isEqualTo(Admission.DISCOVERED);
        assertThat(small.offer(APP, new Sample.Gauge(SeriesId.of("more", "a"), NOW, 1), NOW))
                .isEqualTo(Admission.SERIES_BUDGET);
    }

    @Test
    void aSenderCannotClaimACohort() {
        SeriesId claimed = SeriesId.of("heap", "a", Map.of("cohort", "baseline"));

        assertThat(offer(new Sample.Gauge(claimed, NOW, 1), NOW)).isEqualTo(Admission.LABEL_BUDGET);
    }

    @Test
    void whatNothingAsksFor_isKnownByItsLastValueForAnHour() {
        offer(new Sample.Gauge(SeriesId.of("cpu", "a"), NOW, 0.5), NOW);

        assertThat(store.discovered(NOW + 3_599_000)).hasSize(1);
        assertThat(store.discovered(NOW + 3_601_000)).isEmpty();
        assertThat(store.seriesCount()).isZero();
    }

    @Test
    void aSilentGauge_staysValidForThreeIntervalsThenIsMissing() {
        for (int i = 0; i < 6; i++) gauge("a", i, 42);

        assertThat(query(8, "a").last(Selector.of("heap")).isMissing()).isFalse();
        assertThat(query(12, "a").last(Selector.of("heap")).isMissing()).isTrue();
    }

    @Test
    void aStaleMarkerOrADisconnect_endsAGaugeAtOnce() {
        for (int i = 0; i < 6; i++) {
            gauge("a", i, 1);
            gauge("b", i, 3);
        }
        offer(new Sample.Gauge(SeriesId.of("heap", "a"), at(6), Double.longBitsToDouble(Sample.STALE_MARKER)), at(6));
        store.disconnected("b", at(6));

        assertThat(query(7, "a", "b").count(Selector.of("heap")).value()).isEqualTo(2);
        assertThat(query(8, "a", "b").count(Selector.of("heap")).value()).isZero();
    }

    @Test
    void slowReporters_coverTheirWholeInterval() {
        for (int i = 0; i < 20; i += 3) gauge("a", i, 5);

        Reading reading = query(20, "a").avg(Selector.of("heap"), 12 * STEP);
        assertThat(reading.isMissing()).isFalse();
        assertThat(reading.coverage()).isEqualTo(1);
    }

    @Test
    void anInstanceWithHoles_isLeftOutAndTooFewInstancesAreMissing() {
        for (int i = 0; i < 20; i++) {
            gauge("a", i, 1);
            gauge("b", i, 2);
            if (i % 2 == 0 && i < 6) gauge("c", i, 300);
        }

        Reading two = new SignalQuery(store, Fleet.of(List.of("a", "b", "c")), Quality.DEFAULT, at(20))
                .avg(Selector.of("heap"), 12 * STEP);
        Reading one = new SignalQuery(store, Fleet.of(List.of("a", "c", "d", "e")), Quality.DEFAULT, at(20))
                .avg(Selector.of("heap"), 12 * STEP);

        assertThat(two.value()).isEqualTo(1.5);
        assertThat(two.instances()).isEqualTo(2);
        assertThat(one.isMissing()).isTrue();
    }

    @Test
    void cohorts_areTheServersKnowledge() {
        for (int i = 0; i < 6; i++) {
            gauge("a", i, 1);
            gauge("b", i, 3);
        }
        TreeMap<String, Cohort> cohorts = new TreeMap<>(Map.of("a", Cohort.CANARY, "b", Cohort.BASELINE));
        SignalQuery query = new SignalQuery(store, new Fleet(cohorts), ANY, at(6));

        assertThat(query.avg(Selector.parse("heap{cohort=\"canary\"}"), 3 * STEP)
                        .value())
                .isEqualTo(1);
        assertThat(query.avg(Selector.parse("heap{cohort=\"baseline\"}"), 3 * STEP)
                        .value())
                .isEqualTo(3);
        assertThat(query.avg(Selector.parse("heap{cohort=\"all\"}"), 3 * STEP).value())
                .isEqualTo(2);
    }

    @Test
    void ratio_isMissingWithoutTraffic_andZeroWithoutFailures() {
        store.want(List.of(Selector.of("ok_total"), Selector.of("failed_total")), List.of());
        for (int i = 0; i < 6; i++)
            offer(new Sample.Increase(SeriesId.of("ok_total", "a"), at(i), i < 3 ? 10 : 0), at(i));

        SignalQuery busy = query(5, "a");
        assertThat(busy.ratio(Selector.of("failed_total"), Selector.of("ok_total"), 3 * STEP)
                        .value())
                .isZero();
        assertThat(query(6, "a")
                        .ratio(Selector.of("failed_total"), Selector.of("ok_total"), STEP)
                        .isMissing())
                .isTrue();
    }

    @Test
    void theBaseline_isTheMedianOfTheSameTimeOfEarlierDays() {
        long day = 24 * 3_600_000L;
        for (int d = 5; d >= 0; d--) {
            for (int i = 0; i < 60; i++) {
                long at = NOW - d * day + i * STEP;
                double value = d == 3 ? 1_000 : 100 + d;
                offer(new Sample.Gauge(SeriesId.of("heap", "a"), at, d == 0 ? 130 : value), at);
            }
        }
        SignalQuery query = new SignalQuery(store, Fleet.of(List.of("a")), ANY, NOW + 59 * STEP);

        assertThat(query.baseline(Selector.of("heap")).value()).isEqualTo(104);
        assertThat(query.zscore(Selector.of("heap"), 6 * STEP).value()).isGreaterThan(5);
    }

    @Test
    void longHistories_fallOutOfTheRing() {
        for (int i = 0; i < Steps.FINE_STEPS + 50; i++) gauge("a", i, i);

        SignalQuery query = query(Steps.FINE_STEPS + 50, "a");
        assertThat(query.min(Selector.of("heap"), Steps.FINE_STEPS * STEP).value())
                .isEqualTo(50);
    }

    @Test
    void seriesOrder_isTotal() {
        SeriesId plain = SeriesId.of("m", "a");
        SeriesId labelled = SeriesId.of("m", "a", Map.of("x", "1"));
        List<SeriesId> sorted = new java.util.ArrayList<>(List.of(labelled, plain));
        Collections.sort(sorted);

        assertThat(sorted).containsExactly(plain, labelled);
    }

    private void gauge(String instance, int step, double value) {
        offer(new Sample.Gauge(SeriesId.of("heap", instance), at(step), value), at(step));
    }

    private void total(String instance, int step, double value) {
        offer(new Sample.Total(SeriesId.of("requests_total", instance), at(step), value), at(step));
    }

    private Admission offer(Sample sample, long now) {
        return store.offer(APP, sample, now);
    }

    /** A query whose last step is the one before {@code step}. */
    private SignalQuery query(int step, String... instances) {
        List<String> fleet = instances.length == 0 ? List.of("a") : List.of(instances);
        return new SignalQuery(store, Fleet.of(fleet), ANY, at(step + 1));
    }

    private static long at(int step) {
        return NOW + step * STEP;
    }
}
