package dev.attune.model.rollout;

/**
 * What an instance says to a {@link Directive}. Saying it twice has one effect.
 *
 * @param rollout that of the directive
 * @param step that of the directive
 * @param reason why not; empty for an answer that goes along
 */
public record Answer(Kind kind, long rollout, long step, String reason) {
    /** Longest reason, in characters; a longer one is cut. */
    public static final int REASON_MAX = 1000;

    /** What was done. Wire-stable: the ordinal is the wire number. */
    public enum Kind {
        /** Parsed, validated and bound, and every guard lets it pass. */
        ACCEPTED,
        /** Something of the program refuses the value; the former one stays in force. */
        REJECTED,
        /** Written and synced: it survives the process (R3). */
        PREPARED,
        /** In force. */
        APPLIED,
        /** Could not be done, for a reason that is not the value's. */
        FAILED,
        /** The former value is in force, and nothing is held any more. */
        REVERTED
    }

    public Answer {
        Directive.requirePositive("rollout", rollout);
        Directive.requirePositive("step", step);
        if (reason.length() > REASON_MAX) reason = reason.substring(0, REASON_MAX);
    }

    /** The answer {@code kind} to {@code directive}. */
    public static Answer to(Directive directive, Kind kind, String reason) {
        return new Answer(kind, directive.rollout(), directive.step(), reason);
    }
}
