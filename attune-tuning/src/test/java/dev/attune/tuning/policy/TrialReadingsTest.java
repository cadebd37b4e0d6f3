package dev.attune.tuning.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbMemory.Span;
import dev.attune.tuning.decision.ClimbTick.Measured;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.expression.Language;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalStore;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** From samples of two groups to the difference between them. */
class TrialReadingsTest {
    private static final long STEP = 10_000;
    private static final long BEGUN = 1_700_000_000_000L;
    private static final int BEFORE = 100;
    private static final int WINDOWS = 4;
    private static final List<String> INSTANCES = List.of("c1", "c2", "b1", "b2");
    private static final TuningPolicy POLICY = (TuningPolicy) new PolicyReader(new Language())
            .read(
                    """
                    kind: TuningPolicy
                    metadata: {name: pool, app: orders}
                    spec:
                      key: pool.size
                      range: {min: 1, max: 64}
                      maximize: avg(goodput, 10s)
                      windows: 4
                      limits: {tick: 10s}
                    """)
            .get(0);

    private interface Goodput {
        /** At a step, counted from the beginning of the trial. */
        double at(String instance, int step);
    }

    private final SplittableRandom random = new SplittableRandom(7);
    private final Goodput steady = (instance, step) -> 100 + random.nextDouble(-2, 2);

    private static boolean candidate(String instance) {
        return instance.startsWith("c");
    }

    private static SignalStore filled(Goodput goodput, int after) {
        SignalStore store = new SignalStore("prod/orders", SignalLimits.DEFAULT);
        store.want(POLICY.selectors(), List.of());
        for (int step = -BEFORE; step < after; step++)
            for (String each : INSTANCES) {
                long at = BEGUN + step * STEP + 5_000;
                store.offer(
                        "prod/orders", new Sample.Gauge(SeriesId.of("goodput", each), at, goodput.at(each, step)), at);
            }
        return store;
    }

    /** Some time after the beginning, with the candidate everywhere at once. */
    private static Measured trying(Goodput goodput, int after, List<Span> trials) {
        TreeMap<String, Cohort> sides = new TreeMap<>();
        for (String each : INSTANCES) sides.put(each, candidate(each) ? Cohort.CANARY : Cohort.BASELINE);
        long now = BEGUN + (after + 1) * STEP + 5_000;
        return new TrialReadings(filled(goodput, after), POLICY, Facts.NONE, trials)
                .trying(new Fleet(sides), BEGUN, BEGUN, now);
    }

    @Test
    @DisplayName("R10: the difference is what was measured of both groups, with an error that fits the noise")
    void allWindows_giveTheDifference() {
        Measured measured = trying(
                (instance, step) -> steady.at(instance, step) * (candidate(instance) && step >= 0 ? 1.1 : 1),
                1 + WINDOWS,
                List.of());

        assertThat(measured.missing()).isEmpty();
        assertThat(measured.windows()).isEqualTo(WINDOWS);
        assertThat(measured.difference()).isCloseTo(0.1, within(0.02));
        assertThat(measured.standardError()).isBetween(0.002, 0.02);
        assertThat(measured.reward()).isCloseTo(100, within(2.0));
    }

    @Test
    void someWindows_giveADifferenceAndSayWhatIsMissing() {
        Measured measured = trying(
                (instance, step) -> steady.at(instance, step) * (candidate(instance) && step >= 0 ? 0.5 : 1),
                1 + 2,
                List.of());

        assertThat(measured.missing()).isEqualTo("2 of 4 windows have been measured");
        assertThat(measured.windows()).isEqualTo(2);
        assertThat(measured.difference()).isCloseTo(-0.5, within(0.02));
        assertThat(trying(steady, 1, List.of()).missing()).isEqualTo("0 of 4 windows have been measured");
    }

    @Test
    @DisplayName("R1a: groups that differed for a moment before, as load changed, leave the error small")
    void aPastThatWasDisturbedForAMoment_isStillAMeasure() {
        Goodput disturbed = (instance, step) -> candidate(instance) && step >= -12 && step < -9
                ? 20
                : steady.at(instance, step) * (candidate(instance) && step >= 0 ? 1.1 : 1);

        Measured measured = trying(disturbed, 1 + WINDOWS, List.of());

        assertThat(measured.difference()).as("of what was usual").isCloseTo(0.1, within(0.03));
        assertThat(measured.standardError()).isLessThan(0.05);
    }

    @Test
    @DisplayName("R10: what was before is taken from moments at which no trial ran")
    void momentsOfTrials_areNotOfTheTimeBefore() {
        Goodput tried = (instance, step) ->
                steady.at(instance, step) * (candidate(instance) && step >= -BEFORE && step < -5 ? 0.4 : 1);
        Span trial = new Span(BEGUN - BEFORE * STEP, BEGUN - 6 * STEP);

        Measured known = trying(tried, 1 + WINDOWS, List.of(trial));

        assertThat(known.missing()).isEmpty();
        assertThat(known.difference()).isCloseTo(0, within(0.03));
        assertThat(trying(tried, 1 + WINDOWS, List.of()).difference()).isGreaterThan(0.5);
    }

    @Test
    void beforeTheOldestTrialThatIsRemembered_nothingIsQuiet() {
        // Before these there were others, which are forgotten: of one instance, and of the other groups.
        List<Span> trials = new ArrayList<>();
        for (int i = ClimbMemory.TRIALS_MAX; i > 0; i--)
            trials.add(new Span(BEGUN - (3 * i + 4) * STEP, BEGUN - (3 * i + 3) * STEP));
        int oldest = -(3 * ClimbMemory.TRIALS_MAX + 4);
        Goodput forgotten =
                (instance, step) -> steady.at(instance, step) * (candidate(instance) && step < oldest ? 0.01 : 1);

        Measured measured = trying(forgotten, 1 + WINDOWS, trials);

        assertThat(measured.missing()).isEmpty();
        assertThat(measured.difference()).isCloseTo(0, within(0.03));
    }

    @Test
    @DisplayName("S3: between two trials at least one window is measured in which all had the same")
    void afterATrial_aWindowIsWaitedFor() {
        Span trial = new Span(BEGUN - 5 * STEP, BEGUN);

        assertThat(resting(1, trial).missing()).isEqualTo("no window since the last trial has been measured");
        assertThat(resting(2, trial).missing()).isEmpty();
    }

    private Measured resting(int after, Span trial) {
        long now = BEGUN + (after + 1) * STEP + 5_000;
        return new TrialReadings(filled(steady, after), POLICY, Facts.NONE, List.of(trial))
                .resting(Fleet.of(INSTANCES), now);
    }
}
