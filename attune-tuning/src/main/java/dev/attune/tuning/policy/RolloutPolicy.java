package dev.attune.tuning.policy;

import java.util.List;

/**
 * How any change of some keys reaches the fleet, a person's too.
 *
 * @param keys patterns with {@code *} for any characters
 * @param stages by rising size
 * @param stageMillisMin how long a stage is watched at least
 * @param deadlineMillis when a stage that stays inconclusive ends
 * @param bakeMillis how long all instances are watched at the end
 * @param rollBackWhenInconclusive at the deadline; else it waits for a person
 * @param guardsFrom the tuning policy whose guards judge
 */
public record RolloutPolicy(
        Metadata metadata,
        List<String> keys,
        List<Stage> stages,
        long stageMillisMin,
        long deadlineMillis,
        long bakeMillis,
        boolean rollBackWhenInconclusive,
        String guardsFrom)
        implements Policy {
    public RolloutPolicy {
        keys = List.copyOf(keys);
        stages = List.copyOf(stages);
        if (keys.isEmpty()) throw new IllegalArgumentException("keys: none (expected: at least one pattern)");
        if (stages.isEmpty()) throw new IllegalArgumentException("stages: none (expected: at least one)");
        double share = 0;
        int instances = 0;
        for (Stage stage : stages) {
            if (stage.share() > 0 ? stage.share() <= share : share > 0 || stage.instances() <= instances)
                throw new IllegalArgumentException("stages: not rising (expected: counts, then growing shares)");
            share = stage.share();
            instances = Math.max(instances, stage.instances());
        }
        if (share != 1) throw new IllegalArgumentException("stages: end at " + share + " (expected: 100%)");
        if (deadlineMillis < stageMillisMin)
            throw new IllegalArgumentException("deadline: shorter than minTime (expected: longer)");
    }

    /**
     * How many have the new release at the end of a stage.
     *
     * @param instances a number; 0 when a share is given
     * @param share 0..1; 0 when a number is given
     */
    public record Stage(int instances, double share) {
        public Stage {
            if ((instances > 0) == (share > 0) || share > 1 || instances < 0)
                throw new IllegalArgumentException(
                        "stage: " + instances + ", " + share + " (expected: 1.. or 0..100%)");
        }
    }

    /** Whether the policy is about this key. */
    public boolean matches(String key) {
        return keys.stream().anyMatch(pattern -> matches(pattern, key));
    }

    /** Takes each part of the pattern at its first place, which is enough; so the work is bounded by both lengths. */
    private static boolean matches(String pattern, String key) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) return pattern.equals(key);
        if (!key.startsWith(parts[0])) return false;
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = key.indexOf(parts[i], at);
            if (found < 0) return false;
            at = found + parts[i].length();
        }
        String tail = parts[parts.length - 1];
        return key.length() - tail.length() >= at && key.endsWith(tail);
    }
}
