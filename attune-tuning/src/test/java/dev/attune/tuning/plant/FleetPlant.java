package dev.attune.tuning.plant;

import dev.attune.tuning.verdict.Guard;
import dev.attune.tuning.verdict.GuardEvidence;
import dev.attune.tuning.verdict.StageEvidence;
import dev.attune.tuning.verdict.StageJudge;
import dev.attune.tuning.verdict.StageVerdict;
import dev.attune.tuning.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * S5: a fleet whose instances differ and drift, under a load that swings by the day and is shaken for all at once; one
 * group gets a change of known effect.
 */
final class FleetPlant {
    static final int BEFORE = 60;

    // Levels are logarithms already, which saves most of the time that the runs take.
    private static final Guard GUARD =
            new Guard("p95", Guard.Scale.PLAIN, Guard.Worse.UP, StrictMath.log(1.05), true, Double.NaN);

    private final double[][] levels;
    private final int canaries;
    private int gap = 1;

    /**
     * @param effect on the canaries' level from point {@value #BEFORE} on, 0.25 for a quarter more
     */
    FleetPlant(long seed, int canaries, int baseline, double offsets, double effect, int after) {
        this(seed, canaries, baseline, offsets, effect, after, 0);
    }

    /**
     * The same with pauses.
     *
     * @param pauses the share of an instance's points in which it is up to eight times as slow, for itself
     */
    FleetPlant(long seed, int canaries, int baseline, double offsets, double effect, int after, double pauses) {
        this.canaries = canaries;
        Noise noise = new Noise(seed);
        int instances = canaries + baseline;
        levels = new double[instances][BEFORE + after];
        Noise.Drift shared = noise.new Drift(0.9, 0.05);
        double phase = noise.uniform() * 6.28;
        double[] common = new double[BEFORE + after];
        for (int t = 0; t < common.length; t++) {
            double shock = noise.uniform() < 0.02 ? 0.4 * noise.normal() : 0;
            common[t] = shared.next() + shock + 0.3 * StrictMath.sin(phase + t / 1_440.0 * 6.28);
        }
        for (int i = 0; i < instances; i++) {
            double own = offsets * noise.normal();
            Noise.Drift drift = noise.new Drift(0.8, 0.05);
            for (int t = 0; t < common.length; t++) {
                double change = i < canaries && t >= BEFORE ? StrictMath.log(1 + effect) : 0;
                boolean isPaused = pauses > 0 && noise.uniform() < pauses;
                double pause = isPaused ? 2 * noise.uniform() : 0;
                levels[i][t] = own + common[t] + drift.next() + change + pause;
            }
        }
    }

    /**
     * The same, where the first points after the change are not known.
     *
     * @param points from the last known before it to the first known after it
     */
    FleetPlant apart(int points) {
        gap = points;
        return this;
    }

    /** The stage's verdict after so many points. */
    StageVerdict verdict(StageJudge judge, int points) {
        List<double[]> canaryBefore = new ArrayList<>();
        List<double[]> canaryAfter = new ArrayList<>();
        List<double[]> baselineBefore = new ArrayList<>();
        List<double[]> baselineAfter = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            (i < canaries ? canaryBefore : baselineBefore).add(java.util.Arrays.copyOf(levels[i], BEFORE));
            (i < canaries ? canaryAfter : baselineAfter)
                    .add(java.util.Arrays.copyOfRange(levels[i], BEFORE + gap - 1, BEFORE + gap - 1 + points));
        }
        GuardEvidence evidence =
                new GuardEvidence.Levels(GUARD, true, gap, canaryBefore, baselineBefore, canaryAfter, baselineAfter);
        return judge.judge(new StageEvidence(
                List.of(evidence),
                new StageEvidence.Canaries(canaries, canaries, 0, 0),
                List.of(),
                points * 60_000L,
                ""));
    }

    /** After how many points the change is rolled back; 0 when it is not within {@code points}. */
    int pointsToRollBack(StageJudge judge, int points) {
        for (int k = 1; k <= points; k++) if (verdict(judge, k).verdict().rollsBack()) return k;
        return 0;
    }

    /** How the stage ends when it is looked at after each point; inconclusive when it does not within {@code points}. */
    Verdict end(StageJudge judge, int points) {
        for (int k = 1; k <= points; k++) {
            Verdict verdict = verdict(judge, k).verdict();
            if (verdict != Verdict.INCONCLUSIVE) return verdict;
        }
        return Verdict.INCONCLUSIVE;
    }
}
