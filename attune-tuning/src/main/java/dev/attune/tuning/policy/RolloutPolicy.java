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

    private static boolean matches(String pattern, String key) {
        int star = pattern.indexOf('*');
        if (star < 0) return pattern.equals(key);
        String head = pattern.substring(0, star);
        String tail = pattern.substring(star + 1);
        if (!key.startsWith(head)) return false;
        // Only the first star is special in the head; the rest is tried at every place, which is short work for keys.
        for (int at = head.length(); at <= key.length(); at++) if (matches(tail, key.substring(at))) return true;
        return false;
    }
}
