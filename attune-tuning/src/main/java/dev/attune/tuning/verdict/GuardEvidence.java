package dev.attune.tuning.verdict;

import dev.attune.tuning.statistic.SequentialCounts.Count;
import java.util.List;

/** What was measured for one guard in a stage. */
public sealed interface GuardEvidence {
    Guard guard();

    /** Whether enough of the window was observed, on both sides. */
    boolean covered();

    /**
     * Levels of each instance at each point of time, not a number where one is unknown. Instances stand in the same order
     * before and after.
     *
     * @param gap how far the first point after the change is from the last before it, in points; at least 1
     */
    record Levels(
            Guard guard,
            boolean covered,
            double gap,
            List<double[]> canaryBefore,
            List<double[]> baselineBefore,
            List<double[]> canaryAfter,
            List<double[]> baselineAfter)
            implements GuardEvidence {
        public Levels {
            if (!(gap >= 1)) throw new IllegalArgumentException("gap: " + gap + " (expected: >= 1)");
            canaryBefore = List.copyOf(canaryBefore);
            baselineBefore = List.copyOf(baselineBefore);
            canaryAfter = List.copyOf(canaryAfter);
            baselineAfter = List.copyOf(baselineAfter);
        }
    }

    /**
     * Events since the stage began.
     *
     * @param dispersion of the counts per minute before the change
     * @param earlier the evidence of earlier stages
     */
    record Counts(Guard guard, boolean covered, Count canary, Count baseline, double dispersion, double earlier)
            implements GuardEvidence {}
}
