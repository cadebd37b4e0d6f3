package dev.attune.server.subscribe;

import dev.attune.server.auth.Rights;
import java.util.List;
import java.util.Set;

/**
 * What decides which contents a subscriber sees: all with an equal key see the same.
 *
 * @param clusters where to look, the first that has a file wins
 * @param files names of interest; empty for all
 * @param secrets whose secret values are shown
 */
record ViewKey(List<String> clusters, Set<String> files, Rights secrets) {
    /** A view in which secret values are masked. */
    ViewKey(List<String> clusters, Set<String> files) {
        this(clusters, files, Rights.NONE);
    }

    ViewKey {
        clusters = List.copyOf(clusters);
        files = Set.copyOf(files);
    }

    boolean sees(String file) {
        return files.isEmpty() || files.contains(file);
    }
}
