package dev.attune.tuning.decision;

import dev.attune.tuning.control.Setting;

/**
 * What to do while the signals of a policy are missing (tuning §2.2).
 *
 * @param action what
 * @param fallback the value to fall back to; its text is empty unless the action is {@link Action#FALLBACK}
 * @param afterMillis how long they must be missing before anything is done
 */
public record OnMissing(Action action, Setting fallback, long afterMillis) {
    /** What to do. */
    public enum Action {
        /** Leave everything as it is. */
        HOLD,
        /** Take a fixed value. */
        FALLBACK,
        /** Take the last value known to be good. */
        LAST_GOOD
    }

    /** Leave everything as it is. */
    public static final OnMissing HOLD = new OnMissing(Action.HOLD, Setting.of(""), 0);

    public OnMissing {
        if (action == Action.FALLBACK && fallback.text().isEmpty())
            throw new IllegalArgumentException("fallback: empty (expected: a value)");
        if (afterMillis < 0) throw new IllegalArgumentException("afterMillis: " + afterMillis + " (expected: >= 0)");
    }
}
