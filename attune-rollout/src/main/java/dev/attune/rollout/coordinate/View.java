package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.RolloutRecord;
import java.util.Collections;
import java.util.SortedMap;

/**
 * A rollout as of one revision of the store. The map is not copied: it must not change while it is looked at.
 *
 * @param recordRevision of the record's key, which guards every transition (R1)
 */
public record View(
        RolloutRecord record, long recordRevision, SortedMap<InstanceRef, Target> instances, Surroundings around) {
    public View {
        if (recordRevision < 1)
            throw new IllegalArgumentException("recordRevision: " + recordRevision + " (expected: >= 1)");
        instances = Collections.unmodifiableSortedMap(instances);
    }
}
