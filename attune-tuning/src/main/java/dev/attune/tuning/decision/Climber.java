package dev.attune.tuning.decision;

import dev.attune.tuning.control.Caution;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision.Step;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardOutcome;
import dev.attune.tuning.guard.GuardState;
import dev.attune.tuning.guard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A climb as a function: from what is known and remembered to what becomes of the trial (R10). Reads nothing else, so that
 * any decision can be taken again from its record.
 *
 * @param policy its name
 * @param version its version, with the hash of its text
 * @param keys that it changes
 * @param climb how it searches
 * @param guards what holds whatever is tried
 * @param trialMillis how long a candidate runs before it is judged
 */
public record Climber(
        String policy, String version, List<String> keys, HillClimb climb, GuardChain guards, long trialMillis) {
    /** A trial whose difference stays unknown for so many times its time is lost. */
    private static final int PATIENCE = 3;

    public Climber {
        keys = List.copyOf(keys);
        if (trialMillis <= 0) throw new IllegalArgumentException("trialMillis: " + trialMillis + " (expected: > 0)");
    }

    /** One tick. */
    public ClimbDecision decide(ClimbTick tick, ClimbMemory memory) {
        if (tick.mode() == Mode.OFF) return ended(tick, memory, Step.OFF, "the policy is off", memory);
        return memory.tries() ? tried(tick, memory) : next(tick, memory);
    }

    private ClimbDecision tried(ClimbTick tick, ClimbMemory memory) {
        ClimbTick.Measured seen = tick.measured();
        HillClimb.State search = memory.search();
        Caution caution = memory.caution().measured(climb.places(search, search.turn()), seen.candidateLoad());
        if (!seen.broken().isEmpty())
            return judged(tick, memory, caution, new HillClimb.Trial(known(seen.difference()), 0, true), seen.broken());
        if (!tick.facts().killed().isEmpty())
            return judged(
                    tick,
                    memory,
                    memory.caution(),
                    new HillClimb.Trial(0, Double.POSITIVE_INFINITY, false),
                    "automation is switched off (" + tick.facts().killed() + ")");
        long runs = tick.nowMillis() - memory.trialSinceMillis();
        if (runs < trialMillis) return ended(tick, memory, Step.WATCH, "it has run for " + runs / 1_000 + " s", memory);
        if (!seen.missing().isEmpty() || Double.isNaN(seen.difference())) {
            if (runs < PATIENCE * trialMillis)
                return ended(tick, memory, Step.WATCH, "too little is known: " + seen.missing(), memory);
            return judged(
                    tick,
                    memory,
                    memory.caution(),
                    new HillClimb.Trial(0, Double.POSITIVE_INFINITY, false),
                    "nothing was measured");
        }
        return judged(
                tick,
                memory,
                caution,
                new HillClimb.Trial(seen.difference(), seen.standardError(), false),
                String.format(
                        Locale.ROOT,
                        "it measured %+.2f %% (standard error %.2f %%)",
                        seen.difference() * 100,
                        seen.standardError() * 100));
    }

    private ClimbDecision judged(
            ClimbTick tick, ClimbMemory memory, Caution caution, HillClimb.Trial trial, String reason) {
        HillClimb.State before = memory.search();
        HillClimb.State after = climb.after(before, trial, known(tick.measured().reward()), tick.nowMillis());
        boolean won = !climb.places(after, -1).equals(climb.places(before, -1));
        GuardState state = memory.guards();
        int turn = before.turn();
        if (trial.broken())
            state = state.rolledBack(
                    Setting.of(
                            climb.candidate(before, tick.nowMillis()).length == 0
                                    ? climb.incumbent(before)[turn]
                                    : climb.candidate(before, tick.nowMillis())[turn]),
                    Setting.of(climb.incumbent(before)[turn]),
                    tick.nowMillis());
        ClimbMemory next = new ClimbMemory(after, caution, state, Long.MAX_VALUE);
        Step step = trial.broken() ? Step.HURT : won ? Step.WON : Step.LOST;
        List<Setting> to = won ? settings(climb.incumbent(after)) : tick.current();
        return new ClimbDecision(this, tick, memory, step, to, reason, next);
    }

    private ClimbDecision next(ClimbTick tick, ClimbMemory memory) {
        int turn = memory.search().turn();
        GuardOutcome standing =
                guards.standing(tick.current().get(turn), tick.measured().missing(), tick.facts(), memory.guards());
        Refusal refusal = standing.refusal();
        if (refusal != null) return refused(tick, memory, refusal, standing.detail());
        double reward = known(tick.measured().reward());
        long now = tick.nowMillis();
        Caution caution = memory.caution()
                .measured(climb.places(memory.search(), -1), tick.measured().load());
        HillClimb.State search = climb.rested(memory.search(), reward, now);
        if (!search.converged()) search = climb.cautious(search, caution, reward, now);
        ClimbMemory looked = new ClimbMemory(search, caution, memory.guards(), Long.MAX_VALUE);
        if (search.converged()) return ended(tick, memory, Step.REST, "no step around is better or allowed", looked);
        double[] candidate = climb.candidate(search, now);
        if (candidate.length == 0) return ended(tick, memory, Step.REST, "trials have cost enough for a day", looked);
        if (tick.facts().changesInFlight() > 0) return refused(tick, looked, Refusal.BLAST, "of the application");
        if (memory.guards().budget().at(now).isEmpty()) return refused(tick, looked, Refusal.BUDGET, "of the keys");
        List<Setting> to = settings(candidate);
        if (tick.mode() != Mode.AUTO)
            return new ClimbDecision(this, tick, memory, Step.SHOWN, to, "the policy may not try by itself", looked);
        ClimbMemory trying = new ClimbMemory(search, caution, memory.guards().changed(now), now);
        return new ClimbDecision(this, tick, memory, Step.TRY, to, "the last step is judged", trying);
    }

    private ClimbDecision refused(ClimbTick tick, ClimbMemory memory, Refusal refusal, String detail) {
        String reason = refusal.words() + (detail.isEmpty() ? "" : " (" + detail + ")") + " [" + refusal + "]";
        return ended(tick, memory, Step.REFUSED, reason, memory);
    }

    private ClimbDecision ended(ClimbTick tick, ClimbMemory before, Step step, String reason, ClimbMemory after) {
        return new ClimbDecision(this, tick, before, step, tick.current(), reason, after);
    }

    private static double known(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    private static List<Setting> settings(double[] values) {
        List<Setting> settings = new ArrayList<>();
        for (double each : values) settings.add(Setting.of(each));
        return settings;
    }
}
