package dev.attune.client.config;

import java.util.Map;

/**
 * A state that a guard refused.
 *
 * @param revision of the state
 * @param releases of the files that it would have changed
 * @param atMillis when it was refused, in milliseconds since 1970
 */
public record Vetoed(long revision, Map<String, Long> releases, String reason, long atMillis) {
    public Vetoed {
        releases = Map.copyOf(releases);
    }
}
