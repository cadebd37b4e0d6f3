package dev.attune.tuning.control;

import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Climbs towards a better reward without a model: a candidate runs on one group while the incumbent runs on another of the
 * same size at the same time, and wins only by more than the noise (tuning §3.4). Keys take turns.
 *
 * <pre>
 *   candidate = incumbent + direction * h          h in shares of the range, 15 % at first
 *   won   D > se and D > minGain:  incumbent = candidate, h = min(1.3 h, 30 %), 2 h where D > 25 %
 *   lost                        :  direction turns, h = max(0.6 h, 3 %)
 *   hurt  a guard broke         :  direction turns, h = max(0.5 h, 3 %), and the host bars the value
 *   the incumbent's reward 15 % and 3 se off what is known of it: all h at least 15 % again
 *   all h at 3 % and four losses there in a row: converged, until the reward shifts by 10 % three times or a day is over
 * </pre>
 *
 * @param ranges of the keys, one to three
 * @param minGain the least relative gain worth a change
 * @param regretPerDay the share of a day's reward that trials may cost; trials pause when it is used up
 */
public record HillClimb(List<KeyRange> ranges, double minGain, double regretPerDay) {
    /** Gain worth a change: 1 %. */
    public static final double MIN_GAIN = 0.01;

    private static final int KEYS_MAX = 3;
    private static final double STEP_START = 0.15;
    private static final double STEP_MIN = 0.03;
    private static final double STEP_MAX = 0.3;
    private static final double GROWTH = 1.3;
    /** Who gains so much is far from the optimum, and goes on with larger steps. */
    private static final double FAR = 0.25;

    private static final double GROWTH_FAR = 2;
    private static final int LOSSES = 4;
    private static final double SHIFT = 0.1;
    private static final int SHIFTS = 3;
    /** Such a change of the incumbent's own reward, and by so many errors, is not noise: the world is another. */
    private static final double LEAP = 0.15;

    private static final double LEAP_ERRORS = 3;
    /** How much of a newly measured reward is learnt. */
    private static final double LEARNT = 0.3;

    private static final long DAY_MILLIS = 24L * 3_600_000;

    public HillClimb {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty() || ranges.size() > KEYS_MAX)
            throw new IllegalArgumentException("keys: " + ranges.size() + " (expected: 1..3)");
        if (!(minGain >= 0)) throw new IllegalArgumentException("minGain: " + minGain + " (expected: >= 0)");
        if (!(regretPerDay > 0))
            throw new IllegalArgumentException("regretPerDay: " + regretPerDay + " (expected: > 0)");
    }

    /**
     * One key's search.
     *
     * @param place of the incumbent, 0..1
     * @param step the size of the next trial
     * @param direction of the next trial, 1 or -1
     * @param losses in a row with the smallest step
     */
    public record Axis(double place, double step, int direction, int losses) {
        boolean settled() {
            return step <= STEP_MIN && losses >= LOSSES;
        }
    }

    /**
     * What the climb remembers.
     *
     * @param turn whose turn it is
     * @param restedMillis when it converged; the greatest long while it climbs
     * @param reward of the incumbent, as far as known; 0 before the first trial has ended
     * @param shifts how many rewards in a row were shifted since
     * @param regret the share of a day's reward that trials have cost since {@code dayMillis}
     * @param dayMillis when the current day of the budget began
     */
    public record State(
            List<Axis> axes, int turn, long restedMillis, double reward, int shifts, double regret, long dayMillis) {
        public State {
            axes = List.copyOf(axes);
        }

        public boolean converged() {
            return restedMillis != Long.MAX_VALUE;
        }

        /** Appends the canonical form. */
        public void write(Encoder out) {
            out.varint(axes.size());
            for (Axis axis : axes) {
                out.fixed64(Double.doubleToRawLongBits(axis.place())).fixed64(Double.doubleToRawLongBits(axis.step()));
                out.bool(axis.direction() > 0).varint(axis.losses());
            }
            out.varint(turn)
                    .varint(restedMillis)
                    .fixed64(Double.doubleToRawLongBits(reward))
                    .varint(shifts);
            out.fixed64(Double.doubleToRawLongBits(regret)).varint(dayMillis);
        }

        /** Reads what {@link #write} wrote. */
        public static State read(Decoder in) {
            List<Axis> axes = new ArrayList<>();
            for (int i = in.count(18); i > 0; i--)
                axes.add(new Axis(
                        Double.longBitsToDouble(in.fixed64()),
                        Double.longBitsToDouble(in.fixed64()),
                        in.bool() ? 1 : -1,
                        in.varint(Integer.MAX_VALUE)));
            return new State(
                    axes,
                    in.varint(KEYS_MAX),
                    in.varint(),
                    Double.longBitsToDouble(in.fixed64()),
                    in.varint(Integer.MAX_VALUE),
                    Double.longBitsToDouble(in.fixed64()),
                    in.varint());
        }
    }

    /** A search from the values in force. */
    public State start(double[] current, long nowMillis) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i++)
            axes.add(new Axis(ranges.get(i).normalised(ranges.get(i).clamp(current[i])), STEP_START, 1, 0));
        return new State(axes, 0, Long.MAX_VALUE, 0, 0, 0, nowMillis);
    }

    /** The same search where the values in force are still the incumbent's; a new one from where somebody moved them to. */
    public State follow(State state, double[] current, long nowMillis) {
        double[] incumbent = incumbent(state);
        boolean same = incumbent.length == current.length && state.axes().size() == current.length;
        for (int i = 0; same && i < current.length; i++) same = incumbent[i] == whole(i, current[i]);
        if (same) return state;
        State fresh = start(current, nowMillis);
        return new State(fresh.axes(), 0, Long.MAX_VALUE, 0, 0, state.regret(), state.dayMillis());
    }

    /** The incumbent's values. */
    public double[] incumbent(State state) {
        return values(state, -1, 0);
    }

    /** The values to try next beside the incumbent; an empty array while there is nothing to try. */
    public double[] candidate(State state, long nowMillis) {
        if (state.converged()) return new double[0];
        if (state.regret() >= regretPerDay && nowMillis - state.dayMillis() < DAY_MILLIS) return new double[0];
        return aimed(state);
    }

    /** The values of the next trial, whether or not one may be made. */
    public double[] aimed(State state) {
        return values(state, state.turn(), aim(state.turn(), state.axes().get(state.turn())));
    }

    /**
     * The same search with a next trial that is allowed: smaller, in another direction, or of another key; at rest when
     * nothing around is allowed.
     *
     * @param allowed whether the next trial of a search may be made
     * @param reward of the incumbent now
     */
    public State cautious(State state, Predicate<State> allowed, double reward, long nowMillis) {
        State now = state;
        // Each look halves a step or counts a loss, so this ends.
        while (!now.converged() && !allowed.test(now)) {
            Axis axis = now.axes().get(now.turn());
            now = axis.step() > STEP_MIN
                    ? moved(
                            now,
                            new Axis(axis.place(), Math.max(0.5 * axis.step(), STEP_MIN), axis.direction(), 0),
                            now.turn())
                    : turned(
                            now,
                            new Axis(axis.place(), axis.step(), -towards(axis), axis.losses() + 1),
                            reward,
                            nowMillis);
        }
        return now;
    }

    /** Where the keys would be in the next trial, each 0..1; of the incumbent when {@code turn} is -1. */
    public List<Double> places(State state, int turn) {
        List<Double> places = new ArrayList<>();
        for (int i = 0; i < state.axes().size(); i++) {
            Axis axis = state.axes().get(i);
            places.add(i == turn ? aim(i, axis) : axis.place());
        }
        return places;
    }

    private static State moved(State state, Axis next, int turn) {
        List<Axis> axes = new ArrayList<>(state.axes());
        axes.set(state.turn(), next);
        return new State(
                axes, turn, state.restedMillis(), state.reward(), state.shifts(), state.regret(), state.dayMillis());
    }

    /** The next key's turn; at rest once all have settled. */
    private static State turned(State state, Axis next, double reward, long nowMillis) {
        State now = moved(state, next, state.turn());
        boolean settled = now.axes().stream().allMatch(Axis::settled);
        int turn = state.turn();
        for (int i = 0; i < now.axes().size(); i++) {
            turn = (turn + 1) % now.axes().size();
            if (!now.axes().get(turn).settled()) break;
        }
        return new State(
                now.axes(), turn, settled ? nowMillis : Long.MAX_VALUE, reward, 0, now.regret(), now.dayMillis());
    }

    /**
     * How a trial ended.
     *
     * @param difference the candidate's relative gain over the incumbent
     * @param standardError of it
     * @param broken whether a guard broke
     * @param weight the share of a day's reward that was at stake: of the instances, times of the day
     */
    public record Trial(double difference, double standardError, boolean broken, double weight) {
        boolean won(double minGain) {
            return !broken && difference > standardError && difference > minGain;
        }
    }

    /**
     * After a trial of {@link #candidate}.
     *
     * @param reward of the incumbent meanwhile; not a number when nobody measured it
     */
    public State after(State state, Trial trial, double reward, long nowMillis) {
        Axis axis = state.axes().get(state.turn());
        boolean won = trial.won(minGain);
        Axis next;
        if (won) {
            double growth = trial.difference() > FAR ? GROWTH_FAR : GROWTH;
            next = new Axis(aim(state.turn(), axis), Math.min(growth * axis.step(), STEP_MAX), towards(axis), 0);
        } else {
            double step = Math.max((trial.broken() ? 0.5 : 0.6) * axis.step(), STEP_MIN);
            next = new Axis(axis.place(), step, -towards(axis), axis.step() <= STEP_MIN ? axis.losses() + 1 : 0);
        }
        boolean newDay = nowMillis - state.dayMillis() >= DAY_MILLIS;
        double regret = (newDay ? 0 : state.regret()) + trial.weight() * Math.max(0, -trial.difference());
        long day = newDay ? nowMillis : state.dayMillis();
        State counted = new State(
                state.axes(), state.turn(), state.restedMillis(), state.reward(), state.shifts(), regret, day);
        boolean leapt = leapt(state, trial, reward);
        double known = known(state, reward, leapt);
        // Whoever won is the incumbent now.
        if (won) known += trial.difference() * Math.abs(known);
        // A key that has settled waits for the others.
        return leapt
                ? widened(turned(counted, widened(next), known, nowMillis))
                : turned(counted, next, known, nowMillis);
    }

    private static boolean leapt(State state, Trial trial, double reward) {
        if (state.reward() == 0 || Double.isNaN(reward)) return false;
        double error = Double.isFinite(trial.standardError()) ? trial.standardError() : 0;
        double noise = Math.max(LEAP, LEAP_ERRORS * error);
        return Math.abs(reward - state.reward()) > noise * Math.abs(state.reward());
    }

    private static double known(State state, double reward, boolean leapt) {
        if (Double.isNaN(reward)) return state.reward();
        boolean anew = leapt || state.reward() == 0;
        return anew ? reward : state.reward() + LEARNT * (reward - state.reward());
    }

    /** With steps that are as large as at the start, as what the small ones were for is gone. */
    private static State widened(State state) {
        List<Axis> axes = state.axes().stream().map(HillClimb::widened).toList();
        return new State(
                axes, state.turn(), Long.MAX_VALUE, state.reward(), state.shifts(), state.regret(), state.dayMillis());
    }

    private static Axis widened(Axis axis) {
        return new Axis(axis.place(), Math.max(axis.step(), STEP_START), axis.direction(), 0);
    }

    /** While converged: a look at the incumbent's reward; climbs again when it has shifted or a day is over. */
    public State rested(State state, double reward, long nowMillis) {
        if (!state.converged()) return state;
        boolean shifted = Math.abs(reward - state.reward()) > SHIFT * Math.abs(state.reward());
        int shifts = shifted ? state.shifts() + 1 : 0;
        boolean wakes = shifts >= SHIFTS || nowMillis - state.restedMillis() >= DAY_MILLIS;
        if (!wakes)
            return new State(
                    state.axes(),
                    state.turn(),
                    state.restedMillis(),
                    state.reward(),
                    shifts,
                    state.regret(),
                    state.dayMillis());
        List<Axis> axes = new ArrayList<>();
        for (Axis axis : state.axes()) axes.add(new Axis(axis.place(), STEP_START, axis.direction(), 0));
        return new State(axes, 0, Long.MAX_VALUE, 0, 0, state.regret(), state.dayMillis());
    }

    /** The direction of the trial: back from a bound. */
    private static int towards(Axis axis) {
        double place = axis.place() + axis.direction() * axis.step();
        return place > 1 + 1e-9 && axis.place() > 1 - STEP_MIN || place < -1e-9 && axis.place() < STEP_MIN
                ? -axis.direction()
                : axis.direction();
    }

    /** The place of the next trial: of a value that the key can have, and at least one step of the key away. */
    private double aim(int key, Axis axis) {
        KeyRange range = ranges.get(key);
        int towards = towards(axis);
        double from = whole(key, range.at(axis.place()));
        double to = whole(key, range.at(axis.place() + towards * axis.step()));
        return range.normalised(to == from ? range.clamp(from + towards * range.step()) : to);
    }

    private double whole(int key, double value) {
        KeyRange range = ranges.get(key);
        return range.clamp(range.round(value, 0));
    }

    private double[] values(State state, int moved, double place) {
        double[] values = new double[ranges.size()];
        for (int i = 0; i < values.length; i++)
            values[i] = whole(
                    i, ranges.get(i).at(i == moved ? place : state.axes().get(i).place()));
        return values;
    }
}
