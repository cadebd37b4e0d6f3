package dev.attune.rollout.coordinate;

/**
 * What someone asks of a running rollout.
 *
 * @param author who asks
 * @param reason why, in their words; may be empty
 */
public record Command(Kind kind, String author, String reason) {
    /** What may be asked. */
    public enum Kind {
        /** A queued or progressive rollout goes no further; it still goes back by itself. */
        PAUSE,
        /** It goes on. */
        RESUME,
        /** The next stage begins, whatever the present one waits for. */
        PROMOTE,
        /** It ends without the new releases. */
        ABORT
    }

    /** For the record's reason: {@code word by author: reason}. */
    String because(String word) {
        return word + " by " + author + (reason.isEmpty() ? "" : ": " + reason);
    }
}
