package dev.attune.model.config;

import java.util.List;

/**
 * What an instance is told: its whole configuration at a revision, or what changed up to it. The receiver puts it in
 * force as one step, so it never shows a mix of two revisions (S1).
 *
 * @param revision the store's revision this brings the instance to; grows from update to update of one subscription
 * @param complete whether {@code files} is everything there is, so that files not named are gone
 * @param files new contents by name, in name order
 * @param removed names of files that no longer exist for this instance; empty when complete
 */
public record ConfigUpdate(long revision, boolean complete, List<FileContent> files, List<String> removed) {
    public ConfigUpdate {
        if (revision < 0) throw new IllegalArgumentException("revision: " + revision + " (expected: >= 0)");
        files = List.copyOf(files);
        removed = List.copyOf(removed);
        if (complete && !removed.isEmpty())
            throw new IllegalArgumentException("removed: " + removed.size() + " (expected: 0 when complete)");
    }
}
