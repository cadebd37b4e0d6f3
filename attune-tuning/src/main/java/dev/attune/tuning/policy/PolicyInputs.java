package dev.attune.tuning.policy;

import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.signal.SignalQuery;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a policy reads from the signals for one tick.
 *
 * @param signals its expressions' values by the names that a decision knows
 * @param binding whether the key limits anything now
 */
public record PolicyInputs(SortedMap<String, Evaluation> signals, GuardFacts.Binding binding) {
    public PolicyInputs {
        signals = Collections.unmodifiableSortedMap(new TreeMap<>(signals));
    }

    /** Reads them, in the thread that owns the signals. */
    public static PolicyInputs read(TuningPolicy policy, SignalQuery query, Facts facts) {
        TreeMap<String, Evaluation> signals = new TreeMap<>();
        for (Map.Entry<String, Expression> each : policy.signals().entrySet())
            signals.put(each.getKey(), each.getValue().evaluate(query, facts));
        if (policy.method() instanceof Method.ByGoal goal) {
            long ago = Tick.BEFORE_TICKS * policy.rhythm().tickMillis();
            Evaluation before = goal.metric().evaluate(query.at(query.nowMillis() - ago), facts);
            if (!before.isMissing()) signals.put(Tick.BEFORE, before);
        }
        Expression asked = policy.binding();
        if (asked == null) return new PolicyInputs(signals, GuardFacts.Binding.NOT_ASKED);
        Evaluation binding = asked.evaluate(query, facts);
        if (binding.isMissing()) return new PolicyInputs(signals, GuardFacts.Binding.UNKNOWN);
        return new PolicyInputs(signals, binding.holds() ? GuardFacts.Binding.YES : GuardFacts.Binding.NO);
    }

    /** The same inputs as nobody knows them, for {@code why}. */
    public PolicyInputs withheld(String why) {
        TreeMap<String, Evaluation> missing = new TreeMap<>();
        signals.forEach((name, each) -> missing.put(name, new Evaluation(Double.NaN, why, each.inputs())));
        return new PolicyInputs(missing, binding);
    }
}
