package dev.attune.e2e.guarded;

/**
 * The one stage before everybody has a release.
 *
 * @param count how many instances get it
 * @param seconds for which they are watched at least
 */
public record Stage(int count, int seconds) {
    /** As on the command line, {@code 2:180}. */
    static Stage parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2) throw new IllegalArgumentException("stage: " + text + " (expected: COUNT:SECONDS)");
        return new Stage(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
