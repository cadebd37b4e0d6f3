package dev.attune.rollout.record;

/**
 * What a judge of metrics says of a stage. It counts for the step it names only.
 *
 * @param score what it rests on; a verdict whose score is no finite number says nothing (R10)
 * @param reason the evidence, in a sentence (R8)
 */
public record Verdict(long step, Judgement judgement, double score, String reason) {
    /** What a judge may say. Wire-stable: the ordinal is the wire number. */
    public enum Judgement {
        UNDECIDED,
        PASSED,
        FAILED
    }

    public Verdict {
        if (step < 1) throw new IllegalArgumentException("step: " + step + " (expected: >= 1)");
        if (reason.length() > RolloutRecord.REASON_MAX) reason = reason.substring(0, RolloutRecord.REASON_MAX);
    }

    /** What it says at {@code present}: {@link Judgement#UNDECIDED} when it is of another step or rests on no number. */
    public Judgement at(long present) {
        return step == present && Double.isFinite(score) ? judgement : Judgement.UNDECIDED;
    }
}
