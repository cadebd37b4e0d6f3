package dev.attune.tuning.policy;

import dev.attune.tuning.control.Controller;
import dev.attune.tuning.control.GoalController;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.OnMissing;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.Limits;
import dev.attune.tuning.signal.Quality;
import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.Steps;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy that changes keys by itself.
 *
 * @param keys that it owns; one, or up to three for a climb
 * @param action where the keys are, and how a change of them reaches the fleet
 * @param binding whether the key limits anything now; null when the policy does not ask
 * @param rhythm how often, how much and on what data
 */
public record TuningPolicy(
        Metadata metadata,
        Mode mode,
        List<String> keys,
        Method method,
        Action action,
        @Nullable Expression binding,
        List<GuardSpec> guards,
        Rhythm rhythm,
        List<FreezeWindow> freezes)
        implements Policy {
    /** No leader waits longer than this. */
    public static final long WARM_UP_MILLIS_MAX = 900_000;

    public TuningPolicy {
        keys = List.copyOf(keys);
        guards = List.copyOf(guards);
        freezes = List.copyOf(freezes);
        int most = method instanceof Method.ByClimb ? 3 : 1;
        if (keys.isEmpty() || keys.size() > most)
            throw new IllegalArgumentException("keys: " + keys.size() + " (expected: 1.." + most + ")");
        if (method instanceof Method.ByClimb) requireClimbable(action);
        if (action.holdoutMillis() > 0 && guards.isEmpty())
            throw new IllegalArgumentException("holdout: without guards (expected: at least one to compare by)");
    }

    private static void requireClimbable(Action action) {
        if (action.ranges().isEmpty())
            throw new IllegalArgumentException(
                    "range: none (expected: a range or an envelope for each key of a climb)");
        if (action.holdoutMillis() > 0)
            throw new IllegalArgumentException("holdout: of a climb (expected: none, as trials compare)");
        if (action.strategy() == Action.Strategy.ATOMIC)
            throw new IllegalArgumentException(
                    "strategy: atomic (expected: immediate or progressive, as a trial is on some instances only)");
    }

    /**
     * How often, how much and on what data.
     *
     * @param tickMillis between two decisions
     * @param changesPerHour at most
     */
    public record Rhythm(long tickMillis, int changesPerHour, Limits limits, OnMissing onMissing, Quality quality) {
        public Rhythm {
            if (tickMillis < 10_000)
                throw new IllegalArgumentException("tick: " + tickMillis + " ms (expected: >= 10s)");
        }
    }

    /** Whose expressions the decision needs, by the names that {@link Decider} knows. */
    public java.util.SortedMap<String, Expression> signals() {
        java.util.TreeMap<String, Expression> signals = new java.util.TreeMap<>();
        if (method instanceof Method.ByGoal goal) {
            signals.put("metric", goal.metric());
            if (goal.deputy() != null) signals.put("deputy", goal.deputy());
        }
        if (method instanceof Method.ByClimb climb) signals.put("reward", climb.maximize());
        if (method instanceof Method.ByThreshold threshold) {
            signals.put("when", threshold.when());
            if (threshold.size() != null) signals.put("size", threshold.size());
            if (threshold.clear() != null) signals.put("clear", threshold.clear());
        }
        return signals;
    }

    /** All series that the policy reads, for the store to keep. */
    public List<Selector> selectors() {
        List<Selector> selectors = new ArrayList<>();
        for (Expression each : signals().values()) selectors.addAll(each.selectors());
        if (binding != null) selectors.addAll(binding.selectors());
        for (GuardSpec guard : guards) {
            if (guard instanceof GuardSpec.Level level)
                selectors.addAll(level.expression().selectors());
            if (guard instanceof GuardSpec.Events events) {
                selectors.add(events.events());
                if (events.exposure() != null) selectors.add(events.exposure());
            }
        }
        return selectors;
    }

    /**
     * For how long a leader that has just begun to lead hears signals before it acts: the longest window that decisions
     * and guards look at, at least a tick, at most {@value #WARM_UP_MILLIS_MAX} ms (tuning §2.2).
     */
    public long warmUpMillis() {
        long longest = rhythm.tickMillis();
        for (Expression each : signals().values()) longest = Math.max(longest, each.longestWindowMillis());
        if (binding != null) longest = Math.max(longest, binding.longestWindowMillis());
        return Math.min(longest, WARM_UP_MILLIS_MAX);
    }

    /** Why changes are frozen now; empty when they are not. */
    public String frozen(long nowMillis) {
        for (FreezeWindow each : freezes) if (each.holds(nowMillis)) return each.why();
        return "";
    }

    /**
     * The policy as a function; not for a climb, which goes by rounds.
     *
     * @param version of the policy's text
     * @param profiled the model, when the policy leaves its gain to the profile
     * @throws IllegalArgumentException when the policy cannot act on such a key, or needs a profile that is not there
     */
    public Decider decider(String version, @Nullable Model profiled) {
        @Nullable KeyRange range = action.range().orElse(null);
        Controller controller;
        if (method instanceof Method.ByGoal goal) {
            if (range == null) throw new IllegalArgumentException("range: none (expected: a range or an envelope)");
            controller = new GoalController(goal.goal(), model(goal, profiled), range);
        } else if (method instanceof Method.ByThreshold threshold) {
            controller = threshold.controller();
        } else {
            throw new IllegalArgumentException("method: a climb (expected: a goal or steps)");
        }
        return new Decider(
                metadata.name(),
                version,
                keys.get(0),
                controller,
                new GuardChain(range, rhythm.limits()),
                rhythm.tickMillis(),
                rhythm.onMissing());
    }

    /** The climb over the keys, within the envelope. */
    public HillClimb climb() {
        List<KeyRange> ranges = new ArrayList<>();
        for (KeyRange each : action.ranges()) {
            double low = Math.max(each.min(), rhythm.limits().low());
            double high = Math.min(each.max(), rhythm.limits().high());
            ranges.add(new KeyRange(low, high, each.step(), each.scale(), each.relief()));
        }
        return new HillClimb(ranges, HillClimb.MIN_GAIN, byClimb().regretPerDay());
    }

    /** The climb as a function. */
    public Climber climber(String version) {
        return new Climber(
                metadata.name(),
                version,
                keys,
                climb(),
                new GuardChain(null, rhythm.limits()),
                settleMillis() + byClimb().windows() * pointMillis());
    }

    /** What is climbed, and how. */
    public Method.ByClimb byClimb() {
        if (method instanceof Method.ByClimb climb) return climb;
        throw new IllegalArgumentException("method: no climb (expected: maximize)");
    }

    /** How long a trial is left alone before it is measured. */
    public long settleMillis() {
        return rhythm.tickMillis();
    }

    /** How far apart two measurements of a climb's reward are: as long as its longest window. */
    public long pointMillis() {
        return Steps.of(byClimb().maximize().longestWindowMillis()) * Steps.STEP_MILLIS;
    }

    private static Model model(Method.ByGoal goal, @Nullable Model profiled) {
        if (Double.isNaN(goal.gain())) {
            if (profiled == null) throw new IllegalArgumentException("gain: auto (expected: a profile)");
            return profiled;
        }
        return profiled == null
                ? new Model(goal.gain(), Model.ERROR_MIN, 0.02, 1)
                : new Model(goal.gain(), profiled.error(), profiled.noise(), profiled.delayTicks());
    }
}
