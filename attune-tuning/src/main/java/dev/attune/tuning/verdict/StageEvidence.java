package dev.attune.tuning.verdict;

import java.util.List;

/**
 * What is known about a stage so far.
 *
 * @param guards the metrics
 * @param canaries what became of the instances that have the new release
 * @param newErrors error templates that were first seen since the change
 * @param elapsedMillis since the canaries acknowledged
 * @param changedBeside what else changed within ten minutes, such as a deployment; empty for nothing
 */
public record StageEvidence(
        List<GuardEvidence> guards,
        Canaries canaries,
        List<NewError> newErrors,
        long elapsedMillis,
        String changedBeside) {
    public StageEvidence {
        guards = List.copyOf(guards);
        newErrors = List.copyOf(newErrors);
        if (elapsedMillis < 0)
            throw new IllegalArgumentException("elapsedMillis: " + elapsedMillis + " (expected: >= 0)");
    }

    /**
     * The stage's canaries, counted.
     *
     * @param planned how many were drawn
     * @param acknowledged how many applied the release
     * @param lost how many are disconnected or restarted within a minute after
     * @param rejected how many refused it
     */
    public record Canaries(int planned, int acknowledged, int lost, int rejected) {
        public Canaries {
            if (planned < 1 || acknowledged < 0 || lost < 0 || rejected < 0 || acknowledged > planned)
                throw new IllegalArgumentException("canaries: " + planned + " planned, " + acknowledged
                        + " acknowledged, " + lost + " lost, " + rejected
                        + " rejected (expected: counts of those planned)");
        }
    }

    /**
     * A template of error lines that was not known before the change.
     *
     * @param template its id
     * @param canaryLines how often on canaries
     * @param canaryInstances on how many of them
     * @param canaryMinutes in how many different minutes
     * @param baselineLines how often on the others
     */
    public record NewError(
            String template, long canaryLines, int canaryInstances, int canaryMinutes, long baselineLines) {}
}
