package dev.attune.model.rollout;

/**
 * What a member asks of an instance. It rides on the instance's subscription after every update up to
 * {@code revision}; whoever connects again gets it again.
 *
 * @param rollout number of the rollout in the instance's environment
 * @param step of the rollout's record; an answer names it, and one that names another step is refused (R6)
 * @param revision the store's revision at which the rollout came to that step
 */
public record Directive(Kind kind, long rollout, long step, long revision) {
    /** What is to be done. Wire-stable: the ordinal is the wire number. */
    public enum Kind {
        /** Check the value that would come, without using it. */
        PREPARE,
        /** Hold the value that was accepted durably, without using it (R3). */
        STAGE,
        /** The value is decided and lies in the updates before: have it in force. */
        COMMIT,
        /** It will not come: forget what was accepted and staged. */
        ABORT,
        /** The former value lies in the updates before: have it in force again. */
        REVERT;

        /** Whether {@code answer} is one to this directive. */
        public boolean takes(Answer.Kind answer) {
            return switch (this) {
                case PREPARE -> answer == Answer.Kind.ACCEPTED || answer == Answer.Kind.REJECTED;
                case STAGE -> answer == Answer.Kind.PREPARED || answer == Answer.Kind.FAILED;
                case COMMIT ->
                    answer == Answer.Kind.APPLIED || answer == Answer.Kind.REJECTED || answer == Answer.Kind.FAILED;
                case ABORT, REVERT -> answer == Answer.Kind.REVERTED || answer == Answer.Kind.FAILED;
            };
        }
    }

    public Directive {
        requirePositive("rollout", rollout);
        requirePositive("step", step);
        requirePositive("revision", revision);
    }

    static void requirePositive(String what, long number) {
        if (number < 1) throw new IllegalArgumentException(what + ": " + number + " (expected: >= 1)");
    }
}
