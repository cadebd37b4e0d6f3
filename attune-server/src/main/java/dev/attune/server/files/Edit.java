package dev.attune.server.files;

import dev.attune.config.release.Draft;

/**
 * Who changes a file and why.
 *
 * @param author name of the principal
 * @param message may be empty
 * @param baseRelease the release the author believes is current, 0 for no file; {@link Draft#ANY_BASE} for no such belief
 */
public record Edit(String author, String message, long baseRelease) {
    public static Edit by(String author, String message) {
        return new Edit(author, message, Draft.ANY_BASE);
    }

    public Edit onto(long release) {
        return new Edit(author, message, release);
    }

    Draft at(long timeMillis) {
        return new Draft(author, message, timeMillis, baseRelease);
    }
}
