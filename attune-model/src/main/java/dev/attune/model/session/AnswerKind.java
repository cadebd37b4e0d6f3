package dev.attune.model.session;

/** What an instance can answer to a directive. Wire-stable: constants are only ever added, at the end. */
public enum AnswerKind {
    /** It could put the state in force. */
    ACCEPTED,
    /** It refuses the state, for the reason given; its former one stays in force. */
    REJECTED,
    /** It holds the state durably (R3). */
    PREPARED,
    /** The state is in force. */
    APPLIED,
    /** It tried and could not, for the reason given. */
    FAILED,
    /** The former state is in force, and nothing of the other one is kept. */
    REVERTED
}
