package dev.attune.tuning.signal;

/** What became of a sample; everything but {@link #KEPT} and {@link #DISCOVERED} is a drop that is counted by reason. */
public enum Admission {
    /** In the buffer. */
    KEPT,
    /** Nothing asks for its series; only its last value is known, for an hour. */
    DISCOVERED,
    /** Came in under a credential of another application (tuning §2.1, trust). */
    FOREIGN,
    /** Its sender names no instance. */
    NO_INSTANCE,
    /** More than two minutes ahead. */
    FUTURE,
    /** Older than ten minutes. */
    TOO_OLD,
    /** Its step was closed before it came. */
    LATE,
    /** Not after the previous sample of its series. */
    DUPLICATE,
    /** Not a number, infinite, or a negative count. */
    NOT_FINITE,
    /** Outside what was declared plausible. */
    IMPLAUSIBLE,
    /** Too many series of the application. */
    SERIES_BUDGET,
    /** Too many labels, or one too long. */
    LABEL_BUDGET,
    /** Its series has another kind. */
    KIND
}
