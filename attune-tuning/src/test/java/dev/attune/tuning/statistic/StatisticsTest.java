package dev.attune.tuning.statistic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tuning.plant.Noise;
import dev.attune.tuning.statistic.SequentialCounts.Count;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void moments_matchHandComputedValues() {
        double[] values = {2, 4, 4, 4, 5, 5, 7, 9};

        assertThat(Moments.mean(values)).isEqualTo(5);
        assertThat(Moments.variance(values)).isEqualTo(32 / 7.0, within(1e-12));
        assertThat(Moments.median(values)).isEqualTo(4.5);
        assertThat(Moments.quantile(values, 0.25)).isEqualTo(4);
        assertThat(Moments.medianAbsoluteDeviation(values)).isEqualTo(0.5);
        assertThat(Moments.blockMeans(values, 3)).containsExactly(10 / 3.0, 14 / 3.0);
    }

    @Test
    void leastSquares_findTheLineAndItsExplainedShare() {
        LeastSquares exact = LeastSquares.fit(new double[] {1, 2, 3}, new double[] {5, 7, 9});
        LeastSquares rough = LeastSquares.fit(new double[] {1, 2, 3}, new double[] {1, 3, 2});

        assertThat(exact.slope()).isEqualTo(2);
        assertThat(exact.intercept()).isEqualTo(3);
        assertThat(exact.r2()).isEqualTo(1, within(1e-12));
        assertThat(rough.r2()).isEqualTo(0.25, within(1e-12));
        assertThat(LeastSquares.spearman(new double[] {1, 2, 3, 4}, new double[] {1, 8, 9, 100}))
                .isEqualTo(1, within(1e-12));
        assertThat(LeastSquares.spearman(new double[] {1, 2, 3, 4}, new double[] {9, 3, 3, 1}))
                .isEqualTo(-0.9487, within(1e-4));
    }

    @Test
    void ar1_recoversTheResemblanceOfPoints() {
        long seed = 3;
        Noise noise = new Noise(seed);
        Noise.Drift drift = noise.new Drift(0.8, 1);
        double[] points = new double[5_000];
        for (int t = 0; t < points.length; t++) points[t] = 10 + drift.next();

        Ar1 fit = Ar1.fit(points);
        assertThat(fit.phi()).as("seed %d", seed).isEqualTo(0.8, within(0.03));
        assertThat(fit.sigma()).as("seed %d", seed).isEqualTo(0.6, within(0.02));
        assertThat(Moments.standardDeviation(fit.surprises(points[0], points))).isEqualTo(1, within(0.02));
    }

    @Test
    void cusum_raisesNoAlarmForThousandsOfPointsAndFindsAShiftInAboutSeventeen() {
        Noise noise = new Noise(11);
        double runs = 0;
        double delays = 0;
        int repeats = 200;
        for (int i = 0; i < repeats; i++) {
            double[] quiet = new double[20_000];
            double[] shifted = new double[2_000];
            for (int t = 0; t < quiet.length; t++) quiet[t] = noise.normal();
            for (int t = 0; t < shifted.length; t++) shifted[t] = 1 + noise.normal();
            int alarm = Cusum.STANDARD.firstAlarm(quiet);
            runs += alarm < 0 ? quiet.length : alarm;
            delays += Cusum.STANDARD.firstAlarm(shifted) + 1;
        }
        // 12,354 and 17 in the reference table; runs are cut at 20,000 here.
        assertThat(runs / repeats).isGreaterThan(7_000);
        assertThat(delays / repeats).isEqualTo(17, within(1.5));
    }

    @Test
    void ewmaChart_raisesAnAlarmAboutEvery1100PointsAndFindsAShiftInAboutEleven() {
        Noise noise = new Noise(12);
        double runs = 0;
        double delays = 0;
        int repeats = 400;
        for (int i = 0; i < repeats; i++) {
            double[] quiet = new double[20_000];
            double[] shifted = new double[2_000];
            for (int t = 0; t < quiet.length; t++) quiet[t] = noise.normal();
            for (int t = 0; t < shifted.length; t++) shifted[t] = 1 + noise.normal();
            int alarm = EwmaChart.STANDARD.firstAlarm(quiet);
            runs += alarm < 0 ? quiet.length : alarm;
            delays += EwmaChart.STANDARD.firstAlarm(shifted) + 1;
        }
        // The time-varying limits alarm a little earlier than the reference's fixed ones: 1,138 and 11.
        assertThat(runs / repeats).isBetween(350.0, 1_400.0);
        assertThat(delays / repeats).isBetween(7.0, 13.0);
    }

    @Test
    void seasonalBaseline_splitsWeekdaysFromWeekendsOnceTwoWeeksAreKnown() {
        double[] before = new double[14];
        long monday = 4;
        for (int i = 0; i < 14; i++) {
            long weekday = Math.floorMod(monday - 1 - i, 7L);
            before[i] = weekday == 2 || weekday == 3 ? 10 : 100 + i % 3;
        }

        SeasonalBaseline usual = SeasonalBaseline.of(monday, before);
        assertThat(usual.days()).isEqualTo(10);
        assertThat(usual.median()).isGreaterThanOrEqualTo(100);
        assertThat(usual.score(10)).isLessThan(-20);
    }

    @Test
    void burnRate_needsBothWindows() {
        assertThat(BurnRate.FAST.fires(0.999, 0.02, 0.02)).isTrue();
        assertThat(BurnRate.FAST.fires(0.999, 0.02, 0.001)).isFalse();
        assertThat(BurnRate.FAST.fires(0.999, 0.001, 0.02)).isFalse();
    }

    @Test
    void centredMeans_areNotMovedByAnInstanceThatFallsSilent() {
        List<double[]> before = List.of(new double[] {1, 1, 1}, new double[] {5, 5, 5});
        List<double[]> after = List.of(new double[] {1, 1, 1}, new double[] {5, Double.NaN, 5});

        assertThat(Points.centredMean(before, after)).containsExactly(0, 0, 0);
    }

    @Test
    void sequentialShift_countsWhatIsAllowedAndItsBoundsHoldTheShift() {
        double[] before = new double[60];
        for (int t = 0; t < before.length; t++) before[t] = (t % 4 - 1.5) * 0.02;
        double[] small = {0.04, 0.05, 0.03, 0.04, 0.05};
        double[] large = {0.24, 0.25, 0.23, 0.24, 0.25};

        SequentialShift allowed = SequentialShift.test(before, small, 0.05, 0.01);
        SequentialShift found = SequentialShift.test(before, large, 0.05, 0.01);
        assertThat(allowed.regression()).isFalse();
        assertThat(found.regression()).isTrue();
        assertThat(found.shift()).isEqualTo(0.242, within(1e-9));
        assertThat(found.lower()).isLessThan(0.242).isGreaterThan(0.05);
        assertThat(found.upper()).isGreaterThan(0.242);
        assertThat(SequentialShift.test(before, new double[] {9, 9}, 0.05, 0.01).regression())
                .as("two points are too few")
                .isFalse();
    }

    @Test
    void sequentialShift_knowsNothingWithoutAPeriodBefore() {
        SequentialShift shift = SequentialShift.test(new double[5], new double[] {9, 9, 9, 9}, 0.05, 0.01);

        assertThat(shift.regression()).isFalse();
        assertThat(shift.upper()).isInfinite();
    }

    @Test
    void sequentialCounts_keepTheirErrorUnderPoissonAndUnderBursts() {
        assertThat(falseAlarms(1, false)).as("Poisson").isLessThanOrEqualTo(0.01);
        assertThat(falseAlarms(5, false)).as("bursts, not corrected").isGreaterThan(0.05);
        assertThat(falseAlarms(5, true)).as("bursts, corrected").isLessThanOrEqualTo(0.01);
    }

    @Test
    void sequentialCounts_findMoreErrorsWithinMinutes() {
        assertThat(minutesToFind(2)).isBetween(8.0, 20.0);
        assertThat(minutesToFind(3)).isLessThanOrEqualTo(4);
        assertThat(minutesToFind(10)).isLessThanOrEqualTo(2);
    }

    @Test
    void sequentialCounts_withoutExposureSayNothing() {
        SequentialCounts none = SequentialCounts.test(new Count(50, 0), new Count(0, 100), 0.5, 1, 0, 0.01);

        assertThat(none.regression()).isFalse();
        assertThat(SequentialCounts.test(new Count(0, 100), new Count(2_000_000, 200), 0.5, 1, 0, 0.01)
                        .logLikelihoodRatio())
                .isNegative()
                .isFinite();
    }

    @Test
    void logBeta_agreesWithTheFunctionAndGoesOnWhereThatVanishes() {
        for (double[] each : new double[][] {{0.3, 4, 4}, {0.39, 20, 60}, {0.9, 3, 1}, {0.5, 300, 320}}) {
            double direct = StrictMath.log(org.hipparchus.special.Beta.regularizedBeta(each[0], each[1], each[2]));
            assertThat(LogBeta.logRegularized(each[0], each[1], each[2])).isEqualTo(direct, within(1e-9));
        }
        double far = LogBeta.logRegularized(0.4, 1e6, 4);
        assertThat(far).isLessThan(-900_000).isFinite();
    }

    /** Share of runs with equal rates and an allowed ratio of 1.5 that alarm within an hour of looks. */
    private static double falseAlarms(int burst, boolean corrected) {
        Noise noise = new Noise(21);
        int runs = 1_000;
        int alarms = 0;
        for (int run = 0; run < runs; run++) {
            double[] before = new double[60];
            for (int m = 0; m < before.length; m++) before[m] = burst * noise.poisson(30.0 / burst);
            double dispersion = corrected ? SequentialCounts.dispersion(before) : 1;
            double canary = 0;
            double baseline = 0;
            for (int m = 1; m <= 60; m++) {
                // At the edge of what is allowed: the canaries' rate is 1.5 times the baseline's.
                canary += burst * noise.poisson(30 * 0.3 * 1.5 / burst);
                baseline += burst * noise.poisson(30 * 0.7 / burst);
                SequentialCounts test = SequentialCounts.test(
                        new Count(canary, 0.3 * m), new Count(baseline, 0.7 * m), 0.5, dispersion, 0, 0.01);
                if (!test.regression()) continue;
                alarms++;
                break;
            }
        }
        return (double) alarms / runs;
    }

    private static double minutesToFind(double ratio) {
        Noise noise = new Noise(22);
        double[] found = new double[200];
        for (int run = 0; run < found.length; run++) {
            double canary = 0;
            double baseline = 0;
            found[run] = 99;
            for (int m = 1; m <= 60 && found[run] == 99; m++) {
                canary += noise.poisson(30 * 0.3 * ratio);
                baseline += noise.poisson(30 * 0.7);
                if (SequentialCounts.test(new Count(canary, 0.3 * m), new Count(baseline, 0.7 * m), 0.5, 1, 0, 0.01)
                        .regression()) found[run] = m;
            }
        }
        return Moments.quantile(found, 0.5);
    }
}
