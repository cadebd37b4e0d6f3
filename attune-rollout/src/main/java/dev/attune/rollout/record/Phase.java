package dev.attune.rollout.record;

/** Where a rollout stands. Wire-stable: the ordinal is the wire number. */
public enum Phase {
    /** Waits for another rollout of one of its files. */
    QUEUED,
    /** Holds its files; the targeted instances are being written down. */
    PENDING,
    /** Every target checks the value and votes. */
    CAN_COMMIT,
    /** The targets that voted yes hold the value durably. */
    PRE_COMMIT,
    /** A stage's cohort has the release, the others do not. */
    STAGE,
    /** The release is everyone's: the switch is decided. */
    DO_COMMIT,
    /** It will not come: who accepted forgets it. Nobody has used it. */
    ABORTING,
    /** The former releases are current again. */
    ROLLING_BACK,
    /** Ended: the new releases are current. */
    COMMITTED,
    /** Ended: the former releases are current, and no target ever used the new ones. */
    ABORTED,
    /** Ended: the former releases are current again. */
    ROLLED_BACK;

    /** Whether it has ended; an ended rollout never moves again. */
    public boolean isEnd() {
        return this == COMMITTED || this == ABORTED || this == ROLLED_BACK;
    }

    /** Whether it is on its way back. */
    public boolean isUndo() {
        return this == ABORTING || this == ROLLING_BACK;
    }
}
