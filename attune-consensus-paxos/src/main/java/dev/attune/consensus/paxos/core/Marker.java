package dev.attune.consensus.paxos.core;

/** States worth reaching in tests. */
public enum Marker {
    /** A new leader proposed an earlier ballot's value again. */
    VALUE_PROPOSED_AGAIN,
    /** A promise took more than one message. */
    PROMISE_PAGED,
    /** A member that looked for votes heard of chosen entries it lacked. */
    PROBER_LEARNT,
    /** A member without a leader heard, without asking, of chosen entries it lacked. */
    TOLD_BY_AN_ONLOOKER,
    /** A proposer in phase 1 had to learn chosen entries first. */
    PROPOSER_LEARNT_FIRST,
    /** A proposer met an undecided configuration and ran phase 1 again under it. */
    PHASE1_REPEATED_FOR_CONFIGURATION,
    /** A configuration was chosen that did not follow the one in force, and was passed over. */
    CONFIGURATION_VOID,
    /** A leader stepped down with entries it had proposed and that were not chosen yet. */
    STEPPED_DOWN_WITH_OPEN_ENTRIES,
    /** A leader stepped down because it did not hear a quorum. */
    STEPPED_DOWN_WITHOUT_QUORUM,
    /** A leader left because the configuration in force does not have it. */
    LEADER_REMOVED,
    /** A leader learnt that an acceptor had promised a higher ballot. */
    LEADER_REFUSED,
    /** An acceptor refused a ballot of the round it had promised to another owner. */
    SAME_ROUND_REFUSED,
    /** A probe was turned down because a leader was heard. */
    PROBE_DENIED,
    /** An acceptor replaced what it had accepted in a lower ballot. */
    ENTRY_REPLACED,
    /** An acceptor met entries before which it lacks some. */
    ACCEPT_TOO_EARLY,
    /** A leader turned back to send a follower entries again. */
    ENTRIES_SENT_AGAIN,
    /** The window was full and proposals waited. */
    WINDOW_FULL,
    /** A read was confirmed for a follower. */
    FOLLOWER_READ_CONFIRMED,
    /** A read failed because its leader stepped down. */
    READ_DROPPED,
    /** Leadership was handed over. */
    TRANSFERRED,
    /** A hand-over was given up. */
    TRANSFER_ABANDONED,
    /** A leader proposed values for nobody so that a damaged member can be sure of what it lacks. */
    FILLED_FOR_REPAIR,
    /** A member with a damaged memory got its vote back. */
    REPAIRED,
    /** A snapshot was installed ahead of the log. */
    SNAPSHOT_INSTALLED,
    /** A snapshot was installed while a configuration was undecided in the log. */
    SNAPSHOT_INSTALLED_DURING_CHANGE,
    /** A witness forgot entries all others have. */
    WITNESS_TRIMMED,
    /** A witness went on behind a snapshot it does not keep. */
    WITNESS_SKIPPED_SNAPSHOT
}
