package dev.attune.config.release;

import dev.attune.model.config.ReleaseKind;

/**
 * Who releases, why and when.
 *
 * @param author name of the principal
 * @param message in the author's words; may be empty
 * @param timeMillis the serving node's clock, in milliseconds since 1970
 * @param baseRelease the release the author believes is current, 0 for no file; {@link #ANY_BASE} for no such belief
 * @param rollout number of the rollout that brings the release; {@link #WAITING} for one that has yet to get the file;
 *     0 to make it current at once
 * @param kind of the release when a new text is released
 */
public record Draft(String author, String message, long timeMillis, long baseRelease, long rollout, ReleaseKind kind) {
    /** Releases whatever is current. */
    public static final long ANY_BASE = -1;

    /** The release is written and nobody gets it until its rollout has the file, which another may have now. */
    public static final long WAITING = -1;

    /** Of a release that becomes current at once. */
    public Draft(String author, String message, long timeMillis, long baseRelease) {
        this(author, message, timeMillis, baseRelease, 0, ReleaseKind.NORMAL);
    }

    /** Of a release that somebody made and a rollout brings. */
    public Draft(String author, String message, long timeMillis, long baseRelease, long rollout) {
        this(author, message, timeMillis, baseRelease, rollout, ReleaseKind.NORMAL);
    }

    /** The same, brought by a rollout. */
    public Draft by(long number) {
        return new Draft(author, message, timeMillis, baseRelease, number, kind);
    }

    /** The same, decided by a policy. */
    public Draft byPolicy() {
        return new Draft(author, message, timeMillis, baseRelease, rollout, ReleaseKind.TUNING);
    }

    public Draft {
        if (rollout < WAITING) throw new IllegalArgumentException("rollout: " + rollout + " (expected: >= -1)");
        if (baseRelease < ANY_BASE)
            throw new IllegalArgumentException("baseRelease: " + baseRelease + " (expected: >= -1)");
    }
}
