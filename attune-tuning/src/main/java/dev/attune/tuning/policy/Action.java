package dev.attune.tuning.policy;

import dev.attune.model.config.Names;
import dev.attune.tuning.control.KeyRange;
import java.util.List;
import java.util.Optional;

/**
 * What a policy changes and how the change reaches the fleet.
 *
 * @param file that holds the keys; of the policy's application and cluster
 * @param ranges of the keys, in their order; none for words
 * @param strategy how a change reaches the fleet
 * @param combine what holds when other policies want the same key
 * @param priority among those; the greatest owns the key
 * @param verifyMillis how long a change that all got at once is watched
 * @param holdoutMillis for how long a fifth of the instances is kept from a change at once, to be compared with; 0 for not
 *     at all
 */
public record Action(
        String file,
        List<KeyRange> ranges,
        Strategy strategy,
        Combine combine,
        int priority,
        long verifyMillis,
        long holdoutMillis) {
    /** The file that is meant when a policy names none. */
    public static final String USUAL_FILE = "application.yaml";

    /** Less than three points of comparison say nothing; more than an hour is no change at once. */
    private static final long HOLDOUT_MILLIS_MIN = 60_000;

    private static final long HOLDOUT_MILLIS_MAX = 3_600_000;
    private static final long VERIFY_MILLIS_MAX = 24L * 3_600_000;

    /** How a change reaches the fleet. */
    public enum Strategy {
        /** All at once, then verified: only inside an envelope that is known to be safe. */
        IMMEDIATE,
        /** Stage by stage, each judged. */
        PROGRESSIVE,
        /** All or none. */
        ATOMIC
    }

    /** What holds when several policies want one key. */
    public enum Combine {
        /** The one of the greatest priority owns it. */
        PRIORITY,
        /** The safest wish wins; only among policies that all say so. */
        SAFEST
    }

    public Action {
        Names.require("file", file);
        ranges = List.copyOf(ranges);
        if (priority < -1_000 || priority > 1_000)
            throw new IllegalArgumentException("priority: " + priority + " (expected: -1000..1000)");
        if (verifyMillis < 0 || verifyMillis > VERIFY_MILLIS_MAX)
            throw new IllegalArgumentException("verify: " + verifyMillis + " ms (expected: up to 1d)");
        if (holdoutMillis != 0 && (holdoutMillis < HOLDOUT_MILLIS_MIN || holdoutMillis > HOLDOUT_MILLIS_MAX))
            throw new IllegalArgumentException("holdout: " + holdoutMillis + " ms (expected: 0, or 1m..1h)");
        if (holdoutMillis != 0 && strategy != Strategy.IMMEDIATE)
            throw new IllegalArgumentException(
                    "holdout: with strategy " + strategy.name().toLowerCase(java.util.Locale.ROOT)
                            + " (expected: immediate, as others compare by themselves)");
        if (combine == Combine.SAFEST && (ranges.isEmpty() || ranges.get(0).relief() == KeyRange.Relief.NONE))
            throw new IllegalArgumentException(
                    "combine: safest without a safe direction (expected: relief of the range)");
    }

    /** The range of the only key. */
    public Optional<KeyRange> range() {
        return ranges.stream().findFirst();
    }
}
