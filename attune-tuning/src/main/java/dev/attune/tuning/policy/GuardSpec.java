package dev.attune.tuning.policy;

import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.verdict.Guard;
import org.jspecify.annotations.Nullable;

/** A guard as a policy names it: what is measured for it. */
public sealed interface GuardSpec {
    Guard guard();

    /**
     * A level, evaluated on each instance.
     *
     * @param expression a number
     */
    record Level(Guard guard, Expression expression) implements GuardSpec {}

    /**
     * Events.
     *
     * @param events how many there were
     * @param exposure of how many; null to count them over time
     */
    record Events(Guard guard, Selector events, @Nullable Selector exposure) implements GuardSpec {}

    /** Error lines of a kind that was not seen before. */
    record NewErrors(Guard guard) implements GuardSpec {}
}
