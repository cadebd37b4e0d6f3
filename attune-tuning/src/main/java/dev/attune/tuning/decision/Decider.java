package dev.attune.tuning.decision;

import dev.attune.tuning.control.Controller;
import dev.attune.tuning.control.GoalController;
import dev.attune.tuning.control.ModelCheck;
import dev.attune.tuning.control.Proposal;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.control.ThresholdController;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardOutcome;
import dev.attune.tuning.guard.GuardState;
import dev.attune.tuning.guard.Refusal;
import java.util.Collections;
import java.util.List;

/**
 * A policy as a function: from what is known and remembered to a decision (R10). Reads nothing else, so that any decision
 * can be taken again from its record.
 *
 * @param policy its name
 * @param version its version, with the hash of its text
 * @param key the key that it changes
 * @param controller how it finds the value
 * @param guards what may refuse it
 * @param tickMillis how often it is asked
 * @param onMissing what it does without signals
 */
public record Decider(
        String policy,
        String version,
        String key,
        Controller controller,
        GuardChain guards,
        long tickMillis,
        OnMissing onMissing) {
    private static final double ACKNOWLEDGED_MIN = 0.9;

    /** One tick. */
    public Decision decide(Tick tick, Memory memory) {
        if (tick.mode() == Mode.OFF) return ended(tick, memory, memory, none(tick, "the policy is off"), Outcome.OFF);
        Memory now = noted(tick, memory);
        GuardOutcome standing = guards.standing(tick.current(), tick.missing(), tick.facts(), now.guards());
        if (standing.refusal() == Refusal.NO_DATA) {
            Proposal fallback = fallback(tick, now);
            if (fallback.change()) {
                GuardOutcome known = guards.standing(tick.current(), "", tick.facts(), now.guards());
                if (known.refusal() == null)
                    return submitted(tick, memory, now, now.threshold(), fallback, known.passed());
            }
        }
        if (standing.refusal() != null) return refused(tick, memory, now, none(tick, "not evaluated"), standing);
        if (tick.acknowledged() < ACKNOWLEDGED_MIN) {
            GuardOutcome waiting = new GuardOutcome(
                    Refusal.UNACKNOWLEDGED,
                    StrictMath.round(tick.acknowledged() * 100) + " % have it",
                    tick.current(),
                    "",
                    standing.passed(),
                    now.guards());
            return refused(tick, memory, now, none(tick, "not evaluated"), waiting);
        }
        return controller.match(new Controller.Cases<>() {
            @Override
            public Decision goal(GoalController goal) {
                return byGoal(goal, tick, memory, now, standing.passed());
            }

            @Override
            public Decision threshold(ThresholdController threshold) {
                return byThreshold(threshold, tick, memory, now, standing.passed());
            }
        });
    }

    /**
     * What the policy remembers once a person has agreed to a change that it asked for, and the change is made now: the
     * change is counted, its effect will be judged, and a threshold's machine has gone on.
     *
     * @param asked the record of the decision that asked
     * @param memory what it remembers now
     */
    public Memory agreed(Recorded asked, Memory memory, long nowMillis) {
        Tick then = asked.tick();
        Tick acting = new Tick(
                then.nowMillis(),
                then.elapsedMillis(),
                Mode.AUTO,
                then.current(),
                then.lastGood(),
                then.acknowledged(),
                then.signals(),
                then.facts());
        ThresholdController.State reached =
                decide(acting, asked.before()).after().threshold();
        Setting from = then.current();
        Setting to = asked.guards().to();
        Memory.Move move = from.isNumber() && to.isNumber() ? move(then, nowMillis, to) : memory.move();
        return new Memory(
                memory.guards().changed(nowMillis),
                reached,
                memory.check(),
                move,
                memory.missingSinceMillis(),
                memory.tripped());
    }

    private Decision byGoal(GoalController goal, Tick tick, Memory before, Memory now, List<String> passed) {
        double metric = tick.value("metric");
        Memory judged = judged(goal, tick, now, metric);
        double ahead = goal.ahead(metric, tick.value(Tick.BEFORE), Tick.BEFORE_TICKS);
        Proposal proposal =
                goal.step(tick.current().number(), ahead, tick.lastGood().number(), tick.value("deputy"));
        if (!proposal.change()) return ended(tick, before, judged, proposal, Outcome.NOTHING);
        return submitted(tick, before, judged, judged.threshold(), proposal, passed);
    }

    /** Once a move has had time to show, compares its effect with the model's. */
    private Memory judged(GoalController goal, Tick tick, Memory memory, double metric) {
        Memory.Move move = memory.move();
        long settled = (goal.model().delayTicks() + 1) * tickMillis;
        if (move.atMillis() == Long.MIN_VALUE || tick.nowMillis() - move.atMillis() < settled) return memory;
        // The metric answers to what the key bounds, which may need a while to get there.
        double deputy = tick.value("deputy");
        double to = Double.isNaN(deputy) ? move.to() : deputy;
        ModelCheck check = goal.check(memory.check(), move.from(), to, move.metric(), metric);
        String distrust = memory.tripped().isEmpty() ? check.distrust(goal.model()) : memory.tripped();
        return new Memory(
                memory.guards(), memory.threshold(), check, Memory.Move.NONE, memory.missingSinceMillis(), distrust);
    }

    private Memory.Move move(Tick tick, long nowMillis, Setting to) {
        double deputy = tick.value("deputy");
        double from = Double.isNaN(deputy) ? tick.current().number() : deputy;
        double metric = tick.value("metric");
        double without = controller.match(new Controller.Cases<>() {
            @Override
            public Double goal(GoalController goal) {
                return goal.without(to.number() - from, metric, tick.value(Tick.BEFORE), Tick.BEFORE_TICKS);
            }

            @Override
            public Double threshold(ThresholdController threshold) {
                return metric;
            }
        });
        return new Memory.Move(nowMillis, from, to.number(), without);
    }

    private Decision byThreshold(
            ThresholdController threshold, Tick tick, Memory before, Memory now, List<String> passed) {
        boolean breached = tick.value("when") != 0;
        boolean clear = tick.signals().containsKey("clear") ? tick.value("clear") != 0 : !breached;
        double size = tick.signals().containsKey("size") ? tick.value("size") : Double.POSITIVE_INFINITY;
        ThresholdController.Result result = threshold.step(
                now.threshold(),
                tick.current(),
                new ThresholdController.Observation(
                        true, breached, clear, size, tick.nowMillis(), tick.elapsedMillis()));
        if (!result.proposal().change())
            return ended(tick, before, with(now, result.state()), result.proposal(), Outcome.NOTHING);
        return submitted(tick, before, now, result.state(), result.proposal(), passed);
    }

    /** Asks the guards; {@code reached} is the machine's state only if they agree, else it tries again. */
    private Decision submitted(
            Tick tick,
            Memory before,
            Memory now,
            ThresholdController.State reached,
            Proposal proposal,
            List<String> passed) {
        GuardOutcome checked =
                guards.check(proposal, tick.current(), tick.facts(), now.guards(), passed, tick.nowMillis());
        if (checked.refusal() != null) return refused(tick, before, now, proposal, checked);
        Mode mode = now.tripped().isEmpty() || tick.mode().compareTo(Mode.RECOMMEND) < 0 ? tick.mode() : Mode.RECOMMEND;
        Outcome outcome = Outcome.of(mode);
        boolean applied = outcome == Outcome.APPLY;
        // What is only shown costs nothing, and the next tick judges anew.
        GuardState state = applied ? checked.state() : now.guards();
        Memory.Move move = now.move();
        if (applied && tick.current().isNumber() && checked.to().isNumber())
            move = move(tick, tick.nowMillis(), checked.to());
        Memory after = new Memory(
                state,
                applied ? reached : retry(now.threshold(), tick),
                now.check(),
                move,
                now.missingSinceMillis(),
                now.tripped());
        return new Decision(this, tick, before, proposal, checked, outcome, after);
    }

    private Decision refused(Tick tick, Memory before, Memory now, Proposal proposal, GuardOutcome refusal) {
        Memory after = new Memory(
                refusal.state(),
                refusal.refusal() == Refusal.NO_DATA ? now.threshold() : retry(now.threshold(), tick),
                now.check(),
                now.move(),
                now.missingSinceMillis(),
                now.tripped());
        return new Decision(this, tick, before, proposal, refusal, Outcome.REFUSED, after);
    }

    private Decision ended(Tick tick, Memory before, Memory after, Proposal proposal, Outcome outcome) {
        GuardOutcome nothing = new GuardOutcome(null, "", tick.current(), "", List.of(), after.guards());
        return new Decision(this, tick, before, proposal, nothing, outcome, after);
    }

    /** The machine where it stands, its timer going on. */
    private static ThresholdController.State retry(ThresholdController.State state, Tick tick) {
        if (state.phase() == ThresholdController.Phase.OK) return state;
        return new ThresholdController.State(
                state.phase(),
                state.sinceMillis(),
                state.observedMillis() + tick.elapsedMillis(),
                state.step(),
                state.before());
    }

    private Proposal fallback(Tick tick, Memory now) {
        Setting to =
                switch (onMissing.action()) {
                    case HOLD -> tick.current();
                    case FALLBACK -> onMissing.fallback();
                    case LAST_GOOD -> tick.lastGood();
                };
        long missingFor = tick.nowMillis() - Math.min(tick.nowMillis(), now.missingSinceMillis());
        if (to.text().isEmpty() || to.sameAs(tick.current()) || missingFor < onMissing.afterMillis())
            return none(tick, "signals are missing");
        return new Proposal(to, true, true, "signals have been missing for too long", Collections.emptySortedMap());
    }

    private static Memory noted(Tick tick, Memory memory) {
        long since =
                tick.missing().isEmpty() ? Long.MAX_VALUE : Math.min(memory.missingSinceMillis(), tick.nowMillis());
        return new Memory(memory.guards(), memory.threshold(), memory.check(), memory.move(), since, memory.tripped());
    }

    private static Memory with(Memory memory, ThresholdController.State state) {
        return new Memory(
                memory.guards(), state, memory.check(), memory.move(), memory.missingSinceMillis(), memory.tripped());
    }

    private static Proposal none(Tick tick, String reason) {
        return Proposal.none(tick.current(), reason, Collections.emptySortedMap());
    }
}
