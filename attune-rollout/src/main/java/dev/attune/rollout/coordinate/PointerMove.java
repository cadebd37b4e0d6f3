package dev.attune.rollout.coordinate;

import dev.attune.model.config.Coordinate;
import dev.attune.rollout.record.InstanceRef;
import java.util.List;

/**
 * What becomes of a file's pointer. The host turns it into operations that are carried out with the rollout's record or
 * not at all; when the pointer does not stand {@code from} here, the transition is not carried out.
 *
 * @param from where it must stand
 * @param stable release that becomes current; 0 for none
 * @param rollout that holds the file from now on; 0 for none
 * @param cohortRelease what {@code cohort} gets instead, by a rule before all others, 0 for no file; {@link #NO_COHORT}
 *     for no such rule
 * @param cohort instances in order of their names; empty without a rule
 */
public record PointerMove(FileStand from, long stable, long rollout, long cohortRelease, List<InstanceRef> cohort) {
    /** Everyone gets the same. */
    public static final long NO_COHORT = -1;

    public PointerMove {
        cohort = List.copyOf(cohort);
        if (stable < 0) throw new IllegalArgumentException("stable: " + stable + " (expected: >= 0)");
        if (rollout < 0) throw new IllegalArgumentException("rollout: " + rollout + " (expected: >= 0)");
        if (cohortRelease < NO_COHORT)
            throw new IllegalArgumentException("cohortRelease: " + cohortRelease + " (expected: >= -1)");
        if (cohortRelease == NO_COHORT && !cohort.isEmpty())
            throw new IllegalArgumentException("cohort: " + cohort.size() + " (expected: empty without a release)");
    }

    /** A move by which everyone gets the same release. */
    public static PointerMove ofAll(FileStand from, long stable, long rollout) {
        return new PointerMove(from, stable, rollout, NO_COHORT, List.of());
    }

    public Coordinate file() {
        return from.file();
    }
}
