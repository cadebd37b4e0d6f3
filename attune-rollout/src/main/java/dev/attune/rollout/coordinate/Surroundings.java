package dev.attune.rollout.coordinate;

import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator is told besides the rollout's own keys.
 *
 * @param concerned connected instances that read one of the files; looked at in {@code PENDING} only
 * @param absentMillis for each target without a connection: for how long, as {@link Presence} counts it; {@link
 *     Presence#RESTLESS} for one that comes and goes
 * @param elapsedMillis since the leader first saw the record's present step, by a clock that never goes back (R7)
 * @param nowMillis since 1970, only to be shown
 * @param files where the rollout's files stand; looked at in {@code QUEUED} only
 * @param waits whether an earlier rollout that has not ended moves one of the files
 * @param verdict what the judge says last, if anything
 */
public record Surroundings(
        SortedSet<InstanceRef> concerned,
        Map<InstanceRef, Long> absentMillis,
        long elapsedMillis,
        long nowMillis,
        List<FileStand> files,
        boolean waits,
        @Nullable Verdict verdict) {
    public Surroundings {
        concerned = Collections.unmodifiableSortedSet(new TreeSet<>(concerned));
        absentMillis = Collections.unmodifiableMap(new TreeMap<>(absentMillis));
        files = List.copyOf(files);
        if (elapsedMillis < 0)
            throw new IllegalArgumentException("elapsedMillis: " + elapsedMillis + " (expected: >= 0)");
    }
}
