package dev.attune.rollout.record;

import dev.attune.rollout.plan.RolloutPlan;

/**
 * The one record of a rollout; it is moved by compare-and-set on its revision, so it has one history (R1).
 *
 * @param number 1, 2, 3 … in its environment
 * @param paused whether it goes on by itself only to go back
 * @param reason why it stands where it stands, in a sentence; empty when everything goes as planned
 * @param targets how many instances it targets; 0 until they are written down
 */
public record RolloutRecord(
        long number, RolloutPlan plan, Position at, boolean paused, String reason, int targets, Times times) {
    /** Longest reason, in characters; a longer one is cut. */
    public static final int REASON_MAX = 2000;

    public RolloutRecord {
        if (number < 1) throw new IllegalArgumentException("number: " + number + " (expected: >= 1)");
        if (targets < 0) throw new IllegalArgumentException("targets: " + targets + " (expected: >= 0)");
        if (reason.length() > REASON_MAX) reason = reason.substring(0, REASON_MAX);
    }

    /** A new rollout: {@link Phase#PENDING} when its files are taken in the same transaction, else {@link Phase#QUEUED}. */
    public static RolloutRecord created(long number, RolloutPlan plan, Phase phase, long nowMillis) {
        if (phase != Phase.QUEUED && phase != Phase.PENDING)
            throw new IllegalArgumentException("phase: " + phase + " (expected: QUEUED or PENDING)");
        return new RolloutRecord(
                number, plan, new Position(phase, 1, -1, -1), false, "", 0, new Times(nowMillis, nowMillis));
    }

    public String environment() {
        return plan.environment();
    }

    public Phase phase() {
        return at.phase();
    }

    public long step() {
        return at.step();
    }

    /** This record one step on, in {@code phase}. */
    public RolloutRecord movedTo(Phase phase, String why, long nowMillis) {
        return new RolloutRecord(
                number,
                plan,
                new Position(phase, step() + 1, at.stage(), -1),
                false,
                why,
                targets,
                new Times(times.createdMillis(), nowMillis));
    }

    /** This record one step on, in stage {@code index} with the cohort up to {@code bound}. */
    public RolloutRecord movedToStage(int index, long bound, String why, long nowMillis) {
        return new RolloutRecord(
                number,
                plan,
                new Position(Phase.STAGE, step() + 1, index, bound),
                false,
                why,
                targets,
                new Times(times.createdMillis(), nowMillis));
    }

    /** This record one step on in the same phase, held or going on. */
    public RolloutRecord withPaused(boolean held, String why) {
        Position next = new Position(at.phase(), step() + 1, at.stage(), at.bound());
        return new RolloutRecord(number, plan, next, held, why, targets, times);
    }

    /** This record with {@code count} targets. */
    public RolloutRecord withTargets(int count) {
        return new RolloutRecord(number, plan, at, paused, reason, count, times);
    }

    /** This record with another plan. */
    public RolloutRecord withPlan(RolloutPlan changed) {
        return new RolloutRecord(number, changed, at, paused, reason, targets, times);
    }
}
