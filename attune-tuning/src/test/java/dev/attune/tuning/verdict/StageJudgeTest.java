package dev.attune.tuning.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.tuning.statistic.SequentialCounts.Count;
import dev.attune.tuning.verdict.StageEvidence.Canaries;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StageJudgeTest {
    private static final Canaries HEALTHY = new Canaries(4, 4, 0, 0);
    private static final Guard LATENCY = Guard.critical("p95", Guard.Worse.UP, 0.1);
    private static final Guard GOODPUT = Guard.critical("goodput", Guard.Worse.DOWN, 0.1);

    @Test
    void aWorseCriticalMetric_isARegressionWithItsBounds() {
        StageVerdict verdict = judge(HEALTHY, "", levels(LATENCY, 1.3, true));

        assertThat(verdict.verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(verdict.reason()).startsWith("p95");
        GuardVerdict tile = verdict.tiles().get(0);
        assertThat(tile.change()).isEqualTo(0.3, within(0.01));
        assertThat(tile.lower()).isGreaterThan(0.1).isLessThan(0.3);
    }

    @Test
    void aMetricThatMustNotFall_isJudgedDownwards() {
        assertThat(judge(HEALTHY, "", levels(GOODPUT, 0.7, true)).verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(judge(HEALTHY, "", levels(GOODPUT, 1.3, true)).verdict()).isEqualTo(Verdict.OK);
        assertThat(judge(HEALTHY, "", levels(GOODPUT, 0.7, true)).tiles().get(0).change())
                .isEqualTo(-0.3, within(0.01));
    }

    @Test
    void aMetricThatIsNotCritical_rollsNothingBack() {
        Guard advisory = new Guard("cpu", Guard.Scale.RATIO, Guard.Worse.UP, 0.05, false, Double.NaN);

        StageVerdict verdict = judge(HEALTHY, "", levels(advisory, 2, true));
        assertThat(verdict.verdict()).isEqualTo(Verdict.OK);
        assertThat(verdict.tiles().get(0).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void missingData_isInconclusiveNotFine() {
        assertThat(judge(HEALTHY, "", levels(LATENCY, 1, false)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        GuardEvidence silent =
                new GuardEvidence.Levels(LATENCY, true, 1, same(1, 30), same(1, 30), same(Double.NaN, 20), same(1, 20));
        assertThat(judge(HEALTHY, "", silent).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void aStage_doesNotPassBeforeItsTime() {
        StageEvidence early = new StageEvidence(List.of(levels(LATENCY, 1, true)), HEALTHY, List.of(), 60_000, "");

        assertThat(StageJudge.DEFAULT.judge(early).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    @DisplayName("One pause of one instance rolls nothing back, and those of its start do not hide a regression")
    void singlePauses_neitherLookLikeAChangeNorHideOne() {
        List<double[]> paused = same(1, 4);
        paused.get(0)[2] = 8;
        GuardEvidence once = new GuardEvidence.Levels(LATENCY, true, 1, same(1, 30), same(1, 30), paused, same(1, 4));
        assertThat(judge(HEALTHY, "", once).verdict()).isNotEqualTo(Verdict.REGRESSION);

        List<double[]> cold = same(1, 30);
        for (int t = 0; t < 2; t++) cold.get(1)[t] = 40 - 20 * t;
        GuardEvidence worse = new GuardEvidence.Levels(LATENCY, true, 1, cold, same(1, 30), same(1.4, 10), same(1, 10));
        assertThat(judge(HEALTHY, "", worse).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    /** Found by the load of guarded rollouts: a quarter slower passed when its time was over. */
    @Test
    void whatLooksWorseWithoutProof_isWatchedOnPastItsTime() {
        Guard noisy = Guard.critical("p95", Guard.Worse.UP, 0.1);

        GuardEvidence worse =
                new GuardEvidence.Levels(noisy, true, 1, wild(1, 30), wild(1, 30, 3), wild(1.25, 14), wild(1, 14, 3));
        GuardEvidence same =
                new GuardEvidence.Levels(noisy, true, 1, wild(1, 30), wild(1, 30, 3), wild(1, 14), wild(1, 14, 3));

        StageVerdict suspected = judge(HEALTHY, "", worse);
        assertThat(suspected.verdict()).as(suspected.toString()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judge(HEALTHY, "", same).verdict()).isEqualTo(Verdict.OK);
    }

    private static List<double[]> wild(double level, int points) {
        return wild(level, points, 0);
    }

    /** One instance that swings by a seventh. */
    private static List<double[]> wild(double level, int points, int begin) {
        double[] a = new double[points];
        for (int t = 0; t < points; t++) a[t] = level * (1 + 0.15 * StrictMath.sin(2.3 * t + begin));
        return List.of(a);
    }

    @Test
    void aVetoOrLostCanaries_failAtOnce() {
        assertThat(judge(new Canaries(4, 3, 0, 1), "").verdict()).isEqualTo(Verdict.FAST_FAIL);
        assertThat(judge(new Canaries(4, 4, 2, 0), "").verdict()).isEqualTo(Verdict.FAST_FAIL);
        assertThat(judge(new Canaries(4, 4, 1, 0), "").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void anAbsoluteLimit_failsAtOnce() {
        Guard limited = new Guard("p95", Guard.Scale.RATIO, Guard.Worse.UP, 10, true, 2.0);
        GuardEvidence over =
                new GuardEvidence.Levels(limited, true, 1, same(1, 30), same(1, 30), same(2.5, 1), same(1, 1));

        StageVerdict verdict = judge(HEALTHY, "", over);
        assertThat(verdict.verdict()).isEqualTo(Verdict.FAST_FAIL);
        assertThat(verdict.reason()).contains("limit of 2.0");
    }

    @Test
    void aNewErrorOnCanariesOnly_failsAtOnce() {
        assertThat(withError(4, new NewError("t1", 3, 2, 1, 0))).isEqualTo(Verdict.FAST_FAIL);
        assertThat(withError(1, new NewError("t1", 3, 1, 2, 0))).isEqualTo(Verdict.FAST_FAIL);
    }

    @Test
    void aNewErrorThatIsRareOrEverywhere_failsNothing() {
        assertThat(withError(4, new NewError("t1", 2, 2, 1, 0))).isEqualTo(Verdict.OK);
        assertThat(withError(4, new NewError("t1", 9, 1, 5, 0))).isEqualTo(Verdict.OK);
        assertThat(withError(4, new NewError("t1", 9, 3, 5, 1))).isEqualTo(Verdict.OK);
        assertThat(withError(1, new NewError("t1", 9, 1, 1, 0))).isEqualTo(Verdict.OK);
    }

    @Test
    void aDeploymentAtTheSameTime_confounds() {
        StageVerdict verdict = judge(HEALTHY, "service version 1.4", levels(LATENCY, 1, true));

        assertThat(verdict.verdict()).isEqualTo(Verdict.CONFOUNDED);
        assertThat(verdict.reason()).contains("1.4");
    }

    @Test
    void canariesThatDidNotApply_makeTheComparisonInvalid() {
        assertThat(judge(new Canaries(40, 15, 0, 0), "").verdict()).isEqualTo(Verdict.INVALID);
    }

    @Test
    void moreErrorsThanAllowed_areARegression() {
        Guard errors = Guard.critical("errors", Guard.Worse.UP, 0.5);
        GuardEvidence many = new GuardEvidence.Counts(errors, true, new Count(60, 1_000), new Count(40, 2_000), 1, 0);
        GuardEvidence few = new GuardEvidence.Counts(errors, true, new Count(20, 1_000), new Count(40, 2_000), 1, 0);
        GuardEvidence bursts = new GuardEvidence.Counts(errors, true, new Count(60, 1_000), new Count(40, 2_000), 8, 0);

        assertThat(judge(HEALTHY, "", many).verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(judge(HEALTHY, "", few).verdict()).isEqualTo(Verdict.OK);
        assertThat(judge(HEALTHY, "", bursts).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void evidenceOfEarlierStages_addsUp() {
        Guard errors = Guard.critical("errors", Guard.Worse.UP, 0.5);
        GuardEvidence alone = new GuardEvidence.Counts(errors, true, new Count(24, 1_000), new Count(20, 2_000), 1, 0);
        double evidence = judge(HEALTHY, "", alone).tiles().get(0).evidence();
        GuardEvidence after =
                new GuardEvidence.Counts(errors, true, new Count(24, 1_000), new Count(20, 2_000), 1, 4.5);

        assertThat(judge(HEALTHY, "", alone).verdict()).isEqualTo(Verdict.OK);
        assertThat(judge(HEALTHY, "", after).tiles().get(0).evidence()).isEqualTo(evidence + 4.5, within(1e-9));
        assertThat(judge(HEALTHY, "", after).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void beforeAndAfter_findsAShiftAndSaysThatItIsNotControlled() {
        double[] before = new double[60];
        double[] same = new double[15];
        double[] worse = new double[15];
        for (int t = 0; t < 60; t++) before[t] = 100 + (t * 7 % 11 - 5) * 0.4;
        for (int t = 0; t < 15; t++) {
            same[t] = before[t];
            worse[t] = before[t] * 1.25;
        }

        assertThat(BeforeAfter.judge(LATENCY, before, same).verdict()).isEqualTo(Verdict.OK);
        GuardVerdict found = BeforeAfter.judge(LATENCY, before, worse);
        assertThat(found.verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(found.reason()).contains("not controlled");
        assertThat(BeforeAfter.judge(LATENCY, new double[3], worse).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    private static Verdict withError(int canaries, NewError error) {
        return StageJudge.DEFAULT
                .judge(new StageEvidence(
                        List.of(), new Canaries(canaries, canaries, 0, 0), List.of(error), 600_000, ""))
                .verdict();
    }

    private static StageVerdict judge(Canaries canaries, String beside, GuardEvidence... guards) {
        return StageJudge.DEFAULT.judge(new StageEvidence(List.of(guards), canaries, List.of(), 600_000, beside));
    }

    private static GuardEvidence levels(Guard guard, double factor, boolean covered) {
        return new GuardEvidence.Levels(guard, covered, 1, same(1, 30), same(1, 30), same(factor, 20), same(1, 20));
    }

    /** Two instances around a level that differ and move a little. */
    private static List<double[]> same(double level, int points) {
        double[] a = new double[points];
        double[] b = new double[points];
        for (int t = 0; t < points; t++) {
            a[t] = level * (1 + (t * 5 % 7 - 3) * 0.003);
            b[t] = level * 1.4 * (1 + (t * 3 % 5 - 2) * 0.003);
        }
        return List.of(a, b);
    }
}
