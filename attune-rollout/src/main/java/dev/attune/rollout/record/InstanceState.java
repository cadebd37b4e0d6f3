package dev.attune.rollout.record;

/** What is known of a targeted instance. Wire-stable: the ordinal is the wire number. */
public enum InstanceState {
    /** Targeted; has not answered yet. */
    OFFERED,
    /** Voted yes. */
    ACCEPTED,
    /** Holds the value durably (R3). */
    PREPARED,
    /** Has it in force. */
    APPLIED,
    /** Refused it. */
    REJECTED,
    /** Could not do what was asked. */
    FAILED,
    /** Has the former value in force, and holds nothing. */
    REVERTED,
    /** Had no connection for too long, or did not answer in time. Never asked again; it learns the decision on return. */
    LOST;

    /** Whether the instance does not go along. */
    public boolean isRefusal() {
        return this == REJECTED || this == FAILED || this == LOST;
    }
}
