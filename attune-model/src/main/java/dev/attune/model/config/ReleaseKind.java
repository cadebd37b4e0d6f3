package dev.attune.model.config;

/** Where a release came from. The ordinal is the wire number. */
public enum ReleaseKind {
    /** Somebody published it. */
    NORMAL,
    /** It repeats the bytes of an earlier release. */
    ROLLBACK,
    /** A policy decided it. */
    TUNING
}
