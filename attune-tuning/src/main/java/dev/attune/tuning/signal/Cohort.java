package dev.attune.tuning.signal;

/** On which side of a comparison an instance stands. */
public enum Cohort {
    /** Has the new value. */
    CANARY,
    /** Was drawn at the same time, and keeps the old value. */
    BASELINE,
    /** Neither. */
    OTHER;

    /** As written in selectors. */
    public String label() {
        return switch (this) {
            case CANARY -> "canary";
            case BASELINE -> "baseline";
            case OTHER -> "other";
        };
    }
}
