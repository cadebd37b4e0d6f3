package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;

/**
 * A change of what is stored of one target.
 *
 * @param expectedRevision of its key now; 0 when it does not exist yet
 */
public record InstanceChange(InstanceRef instance, InstanceProgress next, long expectedRevision) {}
