package dev.attune.tuning.decision;

/** What a policy may do by itself, the least first (tuning §3.1). */
public enum Mode {
    /** Not evaluated. */
    OFF,
    /** Decides and records, and nobody is told. */
    SHADOW,
    /** Shows what it would do. */
    RECOMMEND,
    /** Does it once a person agrees. */
    APPROVE,
    /** Does it. */
    AUTO
}
