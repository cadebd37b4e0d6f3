package dev.attune.simulator.check;

/**
 * A broken promise.
 *
 * @param kind what kind of break
 * @param detail what was seen and what was expected, for people
 */
public record Violation(Kind kind, String detail) {
    /** The kinds of break, each with the guarantee it breaks. */
    public enum Kind {
        /** No order of the calls explains the answers (G1). */
        NOT_LINEARIZABLE,
        /** The search ran out of its budget: nothing is proven, which counts as a failure. */
        UNDECIDED,
        /** The exported log is not in ascending order of revisions (G2). */
        LOG_DISORDER,
        /** An acknowledged write is not in the log (G5). */
        LOST_WRITE,
        /** The log holds something else at the revision than what was acknowledged (G1). */
        WRONG_WRITE,
        /** Two calls claim one revision (G2). */
        SHARED_REVISION,
        /** One call took effect more than once (G4). */
        DUPLICATE_EFFECT,
        /** A call that was reported as failed took effect (G4). */
        FAILED_BUT_APPLIED,
        /** The log holds a change nobody asked for (G1). */
        PHANTOM_WRITE,
        /** A read, previous value or revision differs from the state it claims to be of (G1). */
        WRONG_READ,
        /** A guard was judged wrongly (G1). */
        WRONG_GUARD,
        /** A later call sees or makes an earlier revision than one completed before it began (G1). */
        TIME_TRAVEL,
        /** One client's revisions go backwards (S1). */
        SESSION_BACKWARDS,
        /** Events out of order (W1). */
        WATCH_DISORDER,
        /** An event delivered twice (W2). */
        WATCH_DUPLICATE,
        /** An event is missing (W3, W5). */
        WATCH_GAP,
        /** A revision was split over two callbacks (W4). */
        WATCH_SPLIT,
        /** A progress mark promised more than was delivered, or went backwards (W6). */
        WATCH_PROGRESS,
        /** An event of something never committed (W7). */
        WATCH_UNCOMMITTED,
        /** An event before the start revision or outside the watched keys (W8). */
        WATCH_OUTSIDE,
        /** An event's value, kind or previous value is not the store's (W9). */
        WATCH_WRONG,
        /** The watch did not reach the head in the end (W11). */
        WATCH_BEHIND
    }
}
