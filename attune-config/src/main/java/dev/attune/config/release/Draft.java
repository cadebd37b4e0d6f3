package dev.attune.config.release;

/**
 * Who releases, why and when.
 *
 * @param author name of the principal
 * @param message in the author's words; may be empty
 * @param timeMillis the serving node's clock, in milliseconds since 1970
 * @param baseRelease the release the author believes is current, 0 for no file; {@link #ANY_BASE} for no such belief
 */
public record Draft(String author, String message, long timeMillis, long baseRelease) {
    /** Releases whatever is current. */
    public static final long ANY_BASE = -1;

    public Draft {
        if (baseRelease < ANY_BASE)
            throw new IllegalArgumentException("baseRelease: " + baseRelease + " (expected: >= -1)");
    }
}
