package dev.attune.model.session;

/** What a rollout can ask of an instance. Wire-stable: constants are only ever added, at the end. */
public enum DirectiveKind {
    /** Check the state that would come, without using it, and vote. */
    PREPARE,
    /** Keep what was accepted, so that a restart does not lose it. */
    STAGE,
    /** Say what became of the state up to the directive's revision. */
    COMMIT,
    /** Forget what was accepted: it will not come. */
    ABORT,
    /** The former state is the right one again; say that it is in force. */
    REVERT
}
