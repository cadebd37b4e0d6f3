package dev.attune.config.change;

/** Where a change is. */
public enum ChangeState {
    /** Being written by its author. */
    DRAFT,
    /** Waiting for approval; its edits do not change any more. */
    REVIEW,
    /** May be released. */
    APPROVED,
    /** Every edit is a release, made in one transaction. */
    RELEASED,
    /** Given up. */
    REJECTED,
    /** A rollout brings it: it is released when that commits, and approved as before when it does not. */
    RELEASING
}
