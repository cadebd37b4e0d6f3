package dev.attune.tuning.control;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.List;

/**
 * Changes a key while a condition holds, by steps that grow with the breach, and returns it when all is well again (tuning
 * §3.2). Works for words and booleans as for numbers. What is missing holds every timer where it is.
 *
 * @param steps by rising {@code at}; the last one that is reached applies
 * @param forMillis how long the condition must hold without a break
 * @param back how the key returns
 */
public record ThresholdController(List<Step> steps, long forMillis, Return back) implements Controller {
    public ThresholdController {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) throw new IllegalArgumentException("steps: none (expected: at least one)");
        for (int i = 1; i < steps.size(); i++)
            if (!(steps.get(i).at() > steps.get(i - 1).at()))
                throw new IllegalArgumentException("steps: at " + steps.get(i).at() + " (expected: rising)");
        if (forMillis < 0) throw new IllegalArgumentException("forMillis: " + forMillis + " (expected: >= 0)");
    }

    /**
     * What to do at a size of the breach.
     *
     * @param at the size from which it applies; negative infinity for any
     * @param factor what the value is multiplied with; not a number when {@code set} says it
     * @param set the value to take; its text is empty when {@code factor} says it
     */
    public record Step(double at, double factor, Setting set) {
        Setting applied(Setting current) {
            return Double.isNaN(factor) ? set : Setting.of(current.number() * factor);
        }
    }

    /**
     * How the key returns once all is clear.
     *
     * @param forMillis how long it must be clear
     * @param to the value to return to; its text is empty for the one before
     * @param factor by how much the value may move at once, 0.1 for 10 %; 0 for all the way
     * @param everyMillis how long between two such moves
     */
    public record Return(long forMillis, Setting to, double factor, long everyMillis) {}

    /** Where the machine stands. */
    public enum Phase {
        OK,
        PENDING,
        FIRING,
        CLEARING
    }

    /**
     * What the machine remembers.
     *
     * @param sinceMillis when the phase began
     * @param observedMillis how long of it something was known
     * @param step the index of the step that applied last; -1 for none
     * @param before the value before the first step; its text is empty for none
     */
    public record State(Phase phase, long sinceMillis, long observedMillis, int step, Setting before) {
        /** At rest. */
        public static final State START = new State(Phase.OK, 0, 0, -1, Setting.of(""));

        /** Appends the canonical form. */
        public void write(Encoder out) {
            out.varint(phase.ordinal())
                    .varint(sinceMillis)
                    .varint(observedMillis)
                    .varint(step + 1L);
            before.write(out);
        }

        /** Reads what {@link #write} wrote. */
        public static State read(Decoder in) {
            return new State(
                    in.enumValue(Phase.values()), in.varint(), in.varint(), in.varint(1_000) - 1, Setting.read(in));
        }
    }

    /**
     * What was observed.
     *
     * @param known whether the condition could be evaluated
     * @param breached whether it holds
     * @param clear whether all is well
     * @param size of the breach
     * @param nowMillis when
     * @param elapsedMillis since the tick before
     */
    public record Observation(
            boolean known, boolean breached, boolean clear, double size, long nowMillis, long elapsedMillis) {}

    /** The machine's next state, and what it wants. */
    public record Result(State state, Proposal proposal) {}

    /** One tick. */
    public Result step(State state, Setting current, Observation seen) {
        if (!seen.known()) return new Result(state, Proposal.none(current, "the condition is not known"));
        long observed = state.observedMillis() + (state.phase() == Phase.OK ? 0 : seen.elapsedMillis());
        State now = new State(state.phase(), state.sinceMillis(), observed, state.step(), state.before());
        return switch (state.phase()) {
            case OK -> ok(now, current, seen);
            case PENDING -> pending(now, current, seen);
            case FIRING -> firing(now, current, seen);
            case CLEARING -> clearing(now, current, seen);
        };
    }

    private Result ok(State state, Setting current, Observation seen) {
        if (!seen.breached()) return new Result(state, Proposal.none(current, "the condition does not hold"));
        State pending = enter(Phase.PENDING, state, seen);
        return forMillis == 0
                ? fire(pending, current, seen)
                : new Result(pending, Proposal.none(current, "the condition begins to hold"));
    }

    private Result pending(State state, Setting current, Observation seen) {
        if (!seen.breached())
            return new Result(enter(Phase.OK, state, seen), Proposal.none(current, "the condition held too shortly"));
        if (state.observedMillis() < forMillis)
            return new Result(state, Proposal.none(current, "the condition holds, but not long enough yet"));
        return fire(state, current, seen);
    }

    private Result fire(State state, Setting current, Observation seen) {
        int reached = reached(seen.size());
        if (reached < 0) return new Result(state, Proposal.none(current, "the breach is smaller than any step"));
        Setting before = state.before().text().isEmpty() ? current : state.before();
        State firing = new State(Phase.FIRING, seen.nowMillis(), 0, reached, before);
        return new Result(firing, propose(steps.get(reached).applied(current), current, "the condition holds"));
    }

    private Result firing(State state, Setting current, Observation seen) {
        if (seen.clear())
            return new Result(enter(Phase.CLEARING, state, seen), Proposal.none(current, "begins to be clear"));
        int reached = reached(seen.size());
        if (!seen.breached() || reached <= state.step())
            return new Result(state, Proposal.none(current, "holds still, and is not worse"));
        State grown = new State(Phase.FIRING, seen.nowMillis(), 0, reached, state.before());
        return new Result(grown, propose(steps.get(reached).applied(current), current, "the breach has grown"));
    }

    private Result clearing(State state, Setting current, Observation seen) {
        if (!seen.clear()) return new Result(enter(Phase.FIRING, state, seen), Proposal.none(current, "not clear yet"));
        if (state.observedMillis() < back.forMillis())
            return new Result(state, Proposal.none(current, "clear, but not long enough yet"));
        Setting home = back.to().text().isEmpty() ? state.before() : back.to();
        if (home.text().isEmpty() || home.sameAs(current))
            return new Result(State.START, Proposal.none(current, "is back"));
        Setting next = toward(current, home);
        // The clock restarts so that the next part of the way waits its time; the last part ends the return.
        long credit = Math.max(0, back.forMillis() - back.everyMillis());
        State then = next.sameAs(home)
                ? State.START
                : new State(Phase.CLEARING, seen.nowMillis(), credit, state.step(), state.before());
        return new Result(then, propose(next, current, "all is clear again"));
    }

    private Setting toward(Setting current, Setting home) {
        if (back.factor() <= 0 || !current.isNumber() || !home.isNumber()) return home;
        double part = Math.abs(current.number()) * back.factor();
        double distance = home.number() - current.number();
        if (Math.abs(distance) <= part) return home;
        return Setting.of(current.number() + Math.copySign(part, distance));
    }

    private int reached(double size) {
        int reached = -1;
        for (int i = 0; i < steps.size(); i++) if (size >= steps.get(i).at()) reached = i;
        return reached;
    }

    private static State enter(Phase phase, State state, Observation seen) {
        if (phase == Phase.OK) return State.START;
        return new State(phase, seen.nowMillis(), 0, state.step(), state.before());
    }

    private static Proposal propose(Setting to, Setting current, String reason) {
        return to.sameAs(current) ? Proposal.none(current, "is as wanted already") : Proposal.to(to, reason);
    }
}
