package dev.attune.tuning.plant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tuning.verdict.StageJudge;
import dev.attune.tuning.verdict.Verdict;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S5 of tuning §4.3. Seeds of these runs were never used to choose a parameter. */
class FleetPlantTest {
    private static final int[][] SMALL = {{1, 1}, {1, 2}, {2, 2}};
    private static final int[][] LARGE = {{3, 3}, {3, 6}, {5, 15}, {12, 12}, {20, 20}};
    private static final int[][] ALL = {{1, 1}, {1, 2}, {2, 2}, {3, 3}, {3, 6}, {5, 15}, {12, 12}};
    private static final int[][] FLEETS = {{1, 1}, {1, 2}, {2, 2}, {3, 3}, {3, 6}, {5, 15}, {12, 12}, {20, 20}};
    private static final double[] OFFSETS = {0, 0.03, 0.1};
    private static final int LOOKS = 60;

    @Test
    @DisplayName("S5: of 2,000 good changes at most 1 % are rolled back")
    void goodChanges_areKept() {
        int rollouts = 2_000;
        int rolledBack = 0;
        for (int i = 0; i < rollouts; i++)
            if (plant(ALL, 500_000 + i, i, 0, LOOKS).pointsToRollBack(StageJudge.DEFAULT, LOOKS) > 0) rolledBack++;

        assertThat(rolledBack).isLessThanOrEqualTo(rollouts / 100);
    }

    @Test
    @DisplayName("S5: of fleets of 2 to 40, 25 % worse is found within 7 points in 95 of 100, 50 % within 4 in 99")
    void badChanges_areFoundSoon() {
        assertThat(foundWithin(FLEETS, 0.25, 7)).isGreaterThanOrEqualTo(0.95);
        assertThat(foundWithin(FLEETS, 0.5, 4)).isGreaterThanOrEqualTo(0.99);
        assertThat(foundWithin(LARGE, 0.25, 7)).isGreaterThanOrEqualTo(0.98);
        assertThat(foundWithin(LARGE, 1, 3)).isGreaterThanOrEqualTo(0.99);
    }

    /** Between two instances the drift of one hour is half as large as the effect. */
    @Test
    @DisplayName(
            "S5: with one or two instances a side, 25 % worse is found within 7 points in nine of ten, 50 % within 4")
    void badChanges_areFoundBySmallGroupsToo() {
        assertThat(foundWithin(SMALL, 0.25, 7)).isGreaterThanOrEqualTo(0.88);
        assertThat(foundWithin(SMALL, 0.5, 4)).isGreaterThanOrEqualTo(0.99);
    }

    /** As on a node, where nothing is known of the moment in which instances change. */
    @Test
    @DisplayName(
            "S5: with a point unknown at the change, small groups find 25 % in three of four cases within 7 points")
    void badChanges_areFoundAcrossAGap() {
        assertThat(foundWithin(SMALL, 0.25, 7, 2)).isGreaterThanOrEqualTo(0.75);
        assertThat(foundWithin(SMALL, 0.25, 20, 2)).isGreaterThanOrEqualTo(0.9);
        int rolledBack = 0;
        for (int i = 0; i < 700; i++)
            if (plant(ALL, 1_300_000 + i, i, 0, LOOKS + 1).apart(2).pointsToRollBack(StageJudge.DEFAULT, LOOKS) > 0)
                rolledBack++;
        assertThat(rolledBack).isLessThanOrEqualTo(7);
    }

    @Test
    @DisplayName(
            "S5: with one or two instances a side, 25 % worse is rolled back in nine of ten, and passes in one of a hundred")
    void badChanges_areNotPassedForWantOfPoints() {
        int rollouts = 600;
        int rolledBack = 0;
        int passed = 0;
        for (int i = 0; i < rollouts; i++) {
            switch (plant(SMALL, 900_000 + i, i, 0.25, LOOKS).end(StageJudge.DEFAULT, LOOKS)) {
                case OK -> passed++;
                case INCONCLUSIVE -> {}
                default -> rolledBack++;
            }
        }
        assertThat(rolledBack).as("rolled back").isGreaterThanOrEqualTo(rollouts * 9 / 10);
        assertThat(passed).as("passed").isLessThanOrEqualTo(rollouts / 100);
    }

    /** As on a machine that is short of processors: a point of fifty is up to eight times as high, for one instance alone. */
    @Test
    @DisplayName("S5: pauses of single instances roll at most 1 % of good changes back, and hide few bad ones")
    void pauses_areNotTakenForChanges() {
        int rollouts = 1_000;
        int rolledBack = 0;
        int found = 0;
        for (int i = 0; i < rollouts; i++) {
            if (paused(ALL, 1_100_000 + i, i, 0, LOOKS).pointsToRollBack(StageJudge.DEFAULT, LOOKS) > 0) rolledBack++;
            if (paused(LARGE, 1_200_000 + i, i, 0.25, 20).pointsToRollBack(StageJudge.DEFAULT, 20) > 0) found++;
        }
        assertThat(rolledBack).isLessThanOrEqualTo(rollouts / 100);
        assertThat(found).isGreaterThanOrEqualTo(rollouts * 96 / 100);
    }

    private static FleetPlant paused(int[][] groups, long seed, int i, double effect, int after) {
        int[] group = groups[i % groups.length];
        double offsets = OFFSETS[i / groups.length % OFFSETS.length];
        return new FleetPlant(seed, group[0], group[1], offsets, effect, after, 0.02);
    }

    @Test
    @DisplayName("S5: nine of ten good changes pass with twelve points, and nearly all when they are watched on")
    void goodChanges_passInTime() {
        assertThat(passedWithin(12)).isGreaterThanOrEqualTo(0.88);
        assertThat(passedWithin(LOOKS)).isGreaterThanOrEqualTo(0.97);
    }

    private static double passedWithin(int points) {
        int rollouts = 400;
        int passed = 0;
        for (int i = 0; i < rollouts; i++)
            if (plant(ALL, 800_000 + i, i, 0, points).end(StageJudge.DEFAULT, points) == Verdict.OK) passed++;
        return (double) passed / rollouts;
    }

    private static double foundWithin(int[][] groups, double effect, int points) {
        return foundWithin(groups, effect, points, 1);
    }

    private static double foundWithin(int[][] groups, double effect, int points, int gap) {
        int rollouts = 600;
        int found = 0;
        for (int i = 0; i < rollouts; i++) {
            FleetPlant plant =
                    plant(groups, 600_000 + i, i, effect, points + gap).apart(gap);
            if (plant.pointsToRollBack(StageJudge.DEFAULT, points) > 0) found++;
        }
        return (double) found / rollouts;
    }

    private static FleetPlant plant(int[][] groups, long seed, int i, double effect, int after) {
        int[] group = groups[i % groups.length];
        return new FleetPlant(seed, group[0], group[1], OFFSETS[i / groups.length % OFFSETS.length], effect, after);
    }
}
