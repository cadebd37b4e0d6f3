package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceProgress;

/**
 * A target as it is stored.
 *
 * @param revision of its key, which guards its next change
 */
public record Target(InstanceProgress progress, long revision) {}
