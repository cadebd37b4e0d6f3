package dev.attune.simulator.judge;

/** What a run may break. */
public enum Invariant {
    /** Two servers have different values chosen at one position of the log. */
    ONE_VALUE_PER_SLOT,
    /** Two values were accepted at one position in one ballot. */
    ONE_VALUE_PER_BALLOT,
    /** A quorum of disks held a value in one ballot, and another was chosen there in a later one. */
    CHOSEN_STAYS,
    /** Two servers led in one ballot. */
    ONE_LEADER_PER_BALLOT,
    /** Entries were applied out of order, or one was left out. */
    APPLY_ORDER,
    /** An answer was given for something that is not chosen, or not as it was answered (G5). */
    ACKNOWLEDGED_IS_CHOSEN,
    /** An answer was given before a quorum of disks held the entry (G5). */
    ACKNOWLEDGED_IS_DURABLE,
    /** A membership change was reported done before a quorum of the new members had durably noted it (G11). */
    CHANGE_IS_KNOWN,
    /** A promise that was exposed is forgotten. */
    PROMISE_KEPT,
    /** State, or the result of a command, differs between servers at one index (G8). */
    SAME_STATE,
    /** A revision was skipped, or did not rise with a change (G1). */
    DENSE_REVISIONS,
    /** One request id took effect twice (G4). */
    REQUEST_ONCE,
    /** A watcher was given something uncommitted (W7). */
    WATCH_COMMITTED,
    /** A lease ended although its holder may still count on it. */
    LEASE_KEPT,
    /** The history of calls or watches contradicts the log: see the checkers (G1–G4, W1–W9). */
    HISTORY,
    /** With a majority alive and no faults, nothing went on (G10, W11). */
    PROGRESS,
    /** A rollout was decided twice, or its record moved as it never may (R1). */
    ONE_DECISION,
    /** A release was made current, or put in force, before that was decided (R2). */
    NO_EARLY_EFFECT,
    /** A target that says that it holds a value durably does not (R3). */
    PREPARED_IS_DURABLE,
    /** More instances have a new release than the stage allows (R5). */
    BLAST_RADIUS,
    /** Something was stored of a target that it did not say at that step (R6). */
    STEP_FENCED,
    /** A rollout went on although not enough targets went along. */
    QUORUM_KEPT,
    /** A target has no terminal state at the end, or a second one (R9). */
    TOTALS_ADD_UP,
    /** Instances do not have what is current, though nothing keeps them from it (R4). */
    UNIFORM_FLEET,
    /** A rollout does not end although all is well (R7). */
    ROLLOUTS_END,
    /** Code under test threw what it never should. */
    NO_EXCEPTION
}
