package dev.attune.rollout.record;

/**
 * Where a rollout stands.
 *
 * @param step counts the moves of the record, from 1; what is asked and answered names it (R6)
 * @param stage index of the present or last stage of a progressive rollout, from 0; -1 before the first
 * @param bound in {@link Phase#STAGE}: targets whose {@link Places place} is at most this are the cohort; else -1
 */
public record Position(Phase phase, long step, int stage, long bound) {
    public Position {
        if (step < 1) throw new IllegalArgumentException("step: " + step + " (expected: >= 1)");
        if (stage < -1) throw new IllegalArgumentException("stage: " + stage + " (expected: >= -1)");
        if (bound < -1) throw new IllegalArgumentException("bound: " + bound + " (expected: >= -1)");
        if (phase == Phase.STAGE && stage < 0)
            throw new IllegalArgumentException("stage: " + stage + " (expected: >= 0 in STAGE)");
        if (phase != Phase.STAGE && bound != -1)
            throw new IllegalArgumentException("bound: " + bound + " (expected: -1 outside of STAGE)");
    }
}
