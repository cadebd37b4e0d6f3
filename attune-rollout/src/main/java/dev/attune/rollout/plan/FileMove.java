package dev.attune.rollout.plan;

import dev.attune.model.config.Coordinate;

/**
 * A file that a rollout moves.
 *
 * @param before the release that was current when the rollout began; 0 for none
 * @param after the release that becomes current; 0 when the file is deleted
 */
public record FileMove(Coordinate file, long before, long after) {
    public FileMove {
        if (before < 0) throw new IllegalArgumentException("before: " + before + " (expected: >= 0)");
        if (after < 0 || after == before)
            throw new IllegalArgumentException("after: " + after + " (expected: >= 0 and not " + before + ")");
    }
}
