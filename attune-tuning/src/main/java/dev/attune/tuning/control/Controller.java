package dev.attune.tuning.control;

/** How a policy finds the value that it wants. */
public sealed interface Controller permits GoalController, ThresholdController {
    /** Dispatches on the kind; a new one does not compile until every reader knows it. */
    default <R> R match(Cases<R> cases) {
        if (this instanceof GoalController goal) return cases.goal(goal);
        return cases.threshold((ThresholdController) this);
    }

    /** One case for each kind. */
    interface Cases<R> {
        R goal(GoalController goal);

        R threshold(ThresholdController threshold);
    }
}
