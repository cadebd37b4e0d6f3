package dev.attune.tuning.decision;

/** How a tick ended. */
public enum Outcome {
    /** The change is to be made now. */
    APPLY,
    /** The change waits for a person. */
    AWAIT_APPROVAL,
    /** The change is shown. */
    RECOMMENDED,
    /** The change is recorded only. */
    SHADOWED,
    /** Nothing was wanted. */
    NOTHING,
    /** Something was wanted or could not be judged, and a guard refused it. */
    REFUSED,
    /** The policy is off. */
    OFF;

    static Outcome of(Mode mode) {
        return switch (mode) {
            case OFF -> OFF;
            case SHADOW -> SHADOWED;
            case RECOMMEND -> RECOMMENDED;
            case APPROVE -> AWAIT_APPROVAL;
            case AUTO -> APPLY;
        };
    }
}
