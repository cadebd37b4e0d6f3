package dev.attune.tuning.decision;

import dev.attune.tuning.control.Caution;
import dev.attune.tuning.control.HillClimb;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision.Step;
import dev.attune.tuning.guard.GuardChain;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.GuardOutcome;
import dev.attune.tuning.guard.GuardState;
import dev.attune.tuning.guard.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A climb as a function: from what is known and remembered to what becomes of the trial (R10). Reads nothing else, so that
 * any decision can be taken again from its record.
 *
 * @param policy its name
 * @param version its version, with the hash of its text
 * @param keys that it changes
 * @param climb how it searches
 * @param guards what holds whatever is tried
 * @param trialMillis how long a candidate runs before it is judged, unless the difference is plain sooner
 */
public record Climber(
        String policy, String version, List<String> keys, HillClimb climb, GuardChain guards, long trialMillis) {
    /** A trial whose difference stays unknown for so many times its time is lost. */
    private static final int PATIENCE = 3;

    /** A difference that nobody needs all windows for: so large, and so many times its error. */
    private static final double PLAIN_MIN = 0.1;

    private static final double PLAIN_ERRORS = 4;
    /** A loss is ended after its first window; a gain that everybody is to have is seen twice. */
    private static final int PLAIN_GAIN_WINDOWS = 2;

    private static final String NEXT = "that is the next step of the climb";
    private static final double ACKNOWLEDGED_MIN = 0.9;
    private static final int IN_FLIGHT_CLUSTER_MAX = 3;
    private static final double DAY_MILLIS = 24 * 3_600_000.0;

    public Climber {
        keys = List.copyOf(keys);
        if (trialMillis <= 0) throw new IllegalArgumentException("trialMillis: " + trialMillis + " (expected: > 0)");
    }

    /** One tick. */
    public ClimbDecision decide(ClimbTick tick, ClimbMemory memory) {
        if (memory.tries()) return tried(tick, memory);
        if (tick.mode() == Mode.OFF) return ended(tick, memory, Step.OFF, "the policy is off", memory);
        return next(tick, memory);
    }

    private ClimbDecision tried(ClimbTick tick, ClimbMemory memory) {
        ClimbTick.Measured seen = tick.measured();
        HillClimb.State search = memory.search();
        Caution caution = memory.caution().measured(climb.places(search, search.turn()), seen.candidateLoad());
        if (!seen.broken().isEmpty())
            return judged(tick, memory, caution, trial(tick, memory, known(seen.difference()), 0, true), seen.broken());
        String forbidden = forbidden(tick);
        if (!forbidden.isEmpty()) {
            ClimbMemory after = memory.tried(search, memory.caution(), memory.guards(), tick.nowMillis());
            return shown(tick, memory, Step.WITHDRAWN, forbidden, after);
        }
        if (tick.trial().appliedMillis() == ClimbTick.NOT_YET)
            return shown(tick, memory, Step.WATCH, "not all of them have it yet", memory);
        if (plain(seen)) return judged(tick, memory, caution, trial(tick, memory), "it plainly " + words(seen));
        long runs = tick.nowMillis() - tick.trial().appliedMillis();
        if (runs < trialMillis)
            return shown(tick, memory, Step.WATCH, "they have had it for " + Math.max(0, runs) / 1_000 + " s", memory);
        if (!seen.missing().isEmpty() || Double.isNaN(seen.difference())) {
            if (runs < PATIENCE * trialMillis)
                return shown(tick, memory, Step.WATCH, "too little is known: " + seen.missing(), memory);
            HillClimb.Trial unknown = trial(tick, memory, 0, Double.POSITIVE_INFINITY, false);
            return judged(tick, memory, memory.caution(), unknown, "too little was measured: " + seen.missing());
        }
        return judged(tick, memory, caution, trial(tick, memory), "it " + words(seen));
    }

    private static boolean plain(ClimbTick.Measured seen) {
        double size = Math.abs(seen.difference());
        int enough = seen.difference() > 0 ? PLAIN_GAIN_WINDOWS : 1;
        return seen.windows() >= enough && size > PLAIN_MIN && size > PLAIN_ERRORS * seen.standardError();
    }

    private static String words(ClimbTick.Measured seen) {
        return String.format(
                Locale.ROOT, "measured %+.1f %% (\u00b1 %.1f)", seen.difference() * 100, seen.standardError() * 100);
    }

    /** Why a trial may not go on, whatever it measures; empty when it may. */
    private static String forbidden(ClimbTick tick) {
        GuardFacts facts = tick.facts();
        if (!tick.trial().spoilt().isEmpty()) return tick.trial().spoilt();
        if (tick.mode().compareTo(Mode.APPROVE) < 0) return "the policy may not try by itself any more";
        if (!facts.killed().isEmpty()) return words(Refusal.KILLED, facts.killed());
        if (!facts.pinned().isEmpty()) return words(Refusal.PINNED, facts.pinned());
        if (!facts.frozen().isEmpty()) return words(Refusal.FROZEN, facts.frozen());
        return facts.busy().isEmpty() ? "" : words(Refusal.BUSY, facts.busy());
    }

    private static HillClimb.Trial trial(ClimbTick tick, ClimbMemory memory) {
        ClimbTick.Measured seen = tick.measured();
        return trial(tick, memory, seen.difference(), seen.standardError(), false);
    }

    private static HillClimb.Trial trial(
            ClimbTick tick, ClimbMemory memory, double difference, double standardError, boolean broken) {
        double instances = Math.max(1, tick.trial().instances());
        double day = Math.max(0, tick.nowMillis() - memory.trialSinceMillis()) / DAY_MILLIS;
        return new HillClimb.Trial(
                difference, standardError, broken, tick.trial().trying() / instances * day);
    }

    private ClimbDecision judged(
            ClimbTick tick, ClimbMemory memory, Caution caution, HillClimb.Trial trial, String reason) {
        HillClimb.State before = memory.search();
        long now = tick.nowMillis();
        HillClimb.State after = climb.after(before, trial, tick.measured().reward(), now);
        boolean won = !climb.places(after, -1).equals(climb.places(before, -1));
        GuardState state = memory.guards();
        int turn = before.turn();
        if (trial.broken())
            state = state.rolledBack(
                    ClimbMemory.of(keys.get(turn), tried(before).get(turn)),
                    Setting.of(climb.incumbent(before)[turn]),
                    now);
        Step step = trial.broken() ? Step.HURT : won ? Step.WON : Step.LOST;
        return shown(tick, memory, step, reason, memory.tried(after, caution, state, now));
    }

    private ClimbDecision next(ClimbTick tick, ClimbMemory memory) {
        for (Setting each : tick.current())
            if (!each.isNumber()) return refused(tick, memory, memory, Refusal.NO_DATA, each.text() + " is no number");
        long now = tick.nowMillis();
        double[] current = tick.current().stream().mapToDouble(Setting::number).toArray();
        HillClimb.State search = climb.follow(memory.search(), current, now);
        ClimbMemory here = memory.looked(search, memory.caution());
        GuardOutcome standing = guards.standing(
                tick.current().get(search.turn()), tick.measured().missing(), tick.facts(), here.guards());
        if (standing.refusal() != null) return refused(tick, memory, here, standing.refusal(), standing.detail());
        if (tick.acknowledged() < ACKNOWLEDGED_MIN) {
            String have = StrictMath.round(tick.acknowledged() * 100) + " % have it";
            return refused(tick, memory, here, Refusal.UNACKNOWLEDGED, have);
        }
        double reward = known(tick.measured().reward());
        Caution caution = here.caution()
                .measured(climb.places(search, -1), tick.measured().load());
        search = climb.rested(search, reward, now);
        if (!search.converged())
            search = climb.cautious(search, each -> allowed(each, caution, memory, tick), reward, now);
        ClimbMemory looked = here.looked(search, caution);
        if (search.converged()) return ended(tick, memory, Step.REST, "no step around is better or allowed", looked);
        if (climb.candidate(search, now).length == 0)
            return ended(tick, memory, Step.REST, "trials have cost enough for a day", looked);
        return begun(tick, memory, looked);
    }

    private boolean allowed(HillClimb.State search, Caution caution, ClimbMemory memory, ClimbTick tick) {
        int turn = search.turn();
        Setting candidate = tried(search).get(turn);
        boolean growth = candidate.number() > climb.incumbent(search)[turn];
        GuardFacts.Binding binding = tick.facts().binding();
        if (growth && (binding == GuardFacts.Binding.NO || binding == GuardFacts.Binding.UNKNOWN)) return false;
        return caution.allows(climb.places(search, turn)) && !memory.bars(keys.get(turn), candidate, tick.nowMillis());
    }

    /** Guards of a change, and whether the policy may make it. */
    private ClimbDecision begun(ClimbTick tick, ClimbMemory memory, ClimbMemory looked) {
        long now = tick.nowMillis();
        GuardFacts facts = tick.facts();
        GuardState state = looked.guards();
        long wait = state.changedMillis() == Long.MIN_VALUE
                ? 0
                : guards.limits().cooldownMillis() - (now - state.changedMillis());
        if (wait > 0) return refused(tick, memory, looked, Refusal.COOLDOWN, wait / 1_000 + " s left");
        if (state.budget().at(now).isEmpty()) return refused(tick, memory, looked, Refusal.BUDGET, "of the keys");
        // A trial costs the keys' budget; what everybody gets costs these.
        if (facts.application().at(now).isEmpty())
            return refused(tick, memory, looked, Refusal.BUDGET, "of the application");
        if (facts.cluster().at(now).isEmpty()) return refused(tick, memory, looked, Refusal.BUDGET, "of the cluster");
        if (facts.changesInFlight() > 0) return refused(tick, memory, looked, Refusal.BLAST, "of the application");
        if (facts.changesInFlightCluster() >= IN_FLIGHT_CLUSTER_MAX)
            return refused(tick, memory, looked, Refusal.BLAST, "of the cluster");
        if (tick.trial().trying() >= tick.trial().instances())
            return refused(tick, memory, looked, Refusal.NO_DATA, "nobody is left to compare with");
        List<Setting> to = tried(looked.search());
        if (!looked.tripped().isEmpty())
            return decision(tick, memory, Step.SHOWN, to, "the climb is tripped: " + looked.tripped(), looked);
        return switch (tick.mode()) {
            case AUTO -> decision(tick, memory, Step.TRY, to, NEXT, looked.trying(now));
            case APPROVE -> decision(tick, memory, Step.ASKED, to, NEXT, looked);
            default -> decision(tick, memory, Step.SHOWN, to, "the policy may not try by itself", looked);
        };
    }

    private ClimbDecision refused(
            ClimbTick tick, ClimbMemory before, ClimbMemory after, Refusal refusal, String detail) {
        String reason = words(refusal, detail) + " [" + refusal + "]";
        return new ClimbDecision(
                policy, version, keys, tick, before, Step.REFUSED, tick.current(), refusal, reason, after);
    }

    private static String words(Refusal refusal, String detail) {
        return refusal.words() + (detail.isEmpty() ? "" : " (" + detail + ")");
    }

    private ClimbDecision ended(ClimbTick tick, ClimbMemory before, Step step, String reason, ClimbMemory after) {
        return decision(tick, before, step, tick.current(), reason, after);
    }

    /** Of the candidate that runs. */
    private ClimbDecision shown(ClimbTick tick, ClimbMemory before, Step step, String reason, ClimbMemory after) {
        return decision(tick, before, step, tried(before.search()), reason, after);
    }

    private ClimbDecision decision(
            ClimbTick tick, ClimbMemory before, Step step, List<Setting> to, String reason, ClimbMemory after) {
        @Nullable Refusal none = null;
        return new ClimbDecision(policy, version, keys, tick, before, step, to, none, reason, after);
    }

    private static double known(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    /** The values of the next candidate. */
    private List<Setting> tried(HillClimb.State search) {
        List<Setting> settings = new ArrayList<>();
        for (double each : climb.aimed(search)) settings.add(Setting.of(each));
        return settings;
    }
}
