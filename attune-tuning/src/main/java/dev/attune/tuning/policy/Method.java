package dev.attune.tuning.policy;

import dev.attune.tuning.control.Goal;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.expression.Expression;
import org.jspecify.annotations.Nullable;

/** How a policy finds values. */
public sealed interface Method {
    /**
     * A metric is to meet a goal.
     *
     * @param gain of the metric to the key; not a number to take it from the profile
     * @param deputy what the key bounds from above and the metric follows; null when the metric follows the key itself
     */
    record ByGoal(Expression metric, Goal goal, double gain, @Nullable Expression deputy) implements Method {}

    /**
     * A condition sets a value.
     *
     * @param size of the breach; null when there is one step only
     * @param clear when all is well; null for "the condition does not hold"
     */
    record ByThreshold(
            Expression when, @Nullable Expression size, @Nullable Expression clear, ThresholdController controller)
            implements Method {}

    /**
     * A reward is climbed.
     *
     * @param cohort the share of instances that try, 0..0.5
     * @param regretPerDay the share of a day's reward that trials may cost
     * @param windows for how many windows of the reward a trial is measured
     */
    record ByClimb(Expression maximize, double cohort, double regretPerDay, int windows) implements Method {}
}
