package dev.attune.simulator.fleet;

/** How an instance misbehaves, now and then. */
enum Temper {
    HONEST,
    /** Refuses some releases when it is asked. */
    VETOING,
    /** Goes along, and then cannot apply some releases. */
    TURNING,
    /** Cannot always write. */
    FULL_DISK,
    /** Answers late, sometimes after every deadline. */
    LATE,
    /** Does not always answer. */
    SILENT,
    /** Answers twice, not always the same. */
    REPEATING,
    /** Loses its disk after it said that it holds the value. */
    FORGETTING,
    /** Dies at any moment. */
    DYING,
    /** Says answers of an earlier step. */
    STALE;

    static final Temper[] ALL = values();
}
