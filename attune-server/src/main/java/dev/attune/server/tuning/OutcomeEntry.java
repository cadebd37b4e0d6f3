package dev.attune.server.tuning;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;

/**
 * What became of a decision after it was taken. Written once.
 *
 * @param what that was
 * @param atMillis when
 * @param by the policy, or the person
 * @param sentence in words, with what was seen
 * @param release that was made by it; 0 for none
 */
record OutcomeEntry(What what, long atMillis, String by, String sentence, long release) {
    /** What can become of a decision. */
    enum What {
        /** A person agreed, and the change was made. */
        APPROVED,
        /** A person declined. */
        REJECTED,
        /** Nobody said anything in time. */
        EXPIRED,
        /** It did well enough. */
        KEPT,
        /** It was taken back. */
        REVERTED,
        /** Somebody else changed the key before it could be judged. */
        OVERTAKEN
    }

    Bytes encode() {
        return Records.write(this);
    }

    static OutcomeEntry decode(Bytes stored) {
        return Records.read(stored, OutcomeEntry.class);
    }
}
