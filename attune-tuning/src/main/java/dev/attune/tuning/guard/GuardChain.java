package dev.attune.tuning.guard;

import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Proposal;
import dev.attune.tuning.control.Setting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that may refuse a change, in the order of tuning §3.1; the first refusal ends it. Guards 1 to 6 hold whether
 * or not anything is proposed, so that a record can say why a policy would not have acted either.
 *
 * <p>A proposal that relieves a hard goal in danger is not refused for being small, for caution, or for the budget: a goal
 * that must hold would otherwise be broken by the bookkeeping. It waits only for the loop's own delay, and costs no budget.
 *
 * @param range what the key may be; null for words
 */
public record GuardChain(@Nullable KeyRange range, Limits limits) {
    private static final int IN_FLIGHT_MAX = 1;
    private static final int IN_FLIGHT_CLUSTER_MAX = 3;

    /**
     * What holds whatever is proposed: guards 1 to 6.
     *
     * @param missing what is not known; empty when all is
     */
    public GuardOutcome standing(Setting current, String missing, GuardFacts facts, GuardState state) {
        List<String> passed = new ArrayList<>();
        Object[][] guards = {
            {"switch", Refusal.KILLED, facts.killed()},
            {"pin", Refusal.PINNED, facts.pinned()},
            {"freeze", Refusal.FROZEN, facts.frozen()},
            {"data", Refusal.NO_DATA, missing},
            {"progress", Refusal.BUSY, facts.busy()},
            {"owner", Refusal.CONFLICT, facts.owner()},
        };
        for (Object[] guard : guards) {
            if (!((String) guard[2]).isEmpty())
                return new GuardOutcome((Refusal) guard[1], (String) guard[2], current, "", passed, state);
            passed.add((String) guard[0]);
        }
        return new GuardOutcome(null, "", current, "", passed, state);
    }

    /** Guards 7 to 14, over a proposal that passed the standing ones. */
    public GuardOutcome check(
            Proposal proposal, Setting current, GuardFacts facts, GuardState before, List<String> standing, long now) {
        Walk walk = new Walk(proposal, current, before, standing, now);
        Setting to = walk.clamped();
        if (walk.refusal == null) walk.worthIt(to);
        if (walk.refusal == null) to = walk.stabilized(to);
        if (walk.refusal == null) walk.cooledDown();
        if (walk.refusal == null) walk.affordable(facts);
        if (walk.refusal == null) walk.notBarred(to);
        if (walk.refusal == null) walk.binding(to, facts);
        if (walk.refusal == null) walk.smallBlast(facts);
        Setting allowed = walk.refusal == null ? to : current;
        GuardState after = walk.refusal != null
                ? walk.state
                : proposal.urgent() ? walk.state.relieved(now) : walk.state.changed(now);
        return new GuardOutcome(walk.refusal, walk.detail, allowed, walk.note, walk.passed, after);
    }

    /** One pass over the chain. */
    private final class Walk {
        final Proposal proposal;
        final Setting current;
        final long now;
        final List<String> passed;
        GuardState state;

        @Nullable Refusal refusal;

        String detail = "";
        String note = "";

        Walk(Proposal proposal, Setting current, GuardState state, List<String> standing, long now) {
            this.proposal = proposal;
            this.current = current;
            this.state = state;
            this.now = now;
            this.passed = new ArrayList<>(standing);
        }

        private void refuse(Refusal why, String words) {
            refusal = why;
            detail = words;
        }

        /** Guard 10, which comes first as the others judge what would really be done. */
        Setting clamped() {
            Setting to = proposal.to();
            if (range == null || !to.isNumber() || !current.isNumber()) return to;
            double from = current.number();
            int direction = (int) Math.signum(to.number() - from);
            boolean relief = proposal.urgent() || direction == range.relief().sign();
            double most = Math.max(range.step(), Math.abs(from) * (relief ? limits.stepRelief() : limits.stepUp()));
            double value = to.number();
            if (Math.abs(value - from) > most) {
                value = from + direction * most;
                note = "step limited to " + Setting.of(most).text();
            }
            double low = Math.max(range.min(), limits.low());
            double high = Math.min(range.max(), limits.high());
            if (value < low || value > high)
                note = "kept within " + Setting.of(low).text() + ".."
                        + Setting.of(high).text();
            // Towards the value in force, so that no limit is passed by rounding; a whole step at least.
            double rounded = range.round(Math.max(low, Math.min(high, value)), relief ? direction : -direction);
            passed.add("bounds");
            return Setting.of(Math.max(low, Math.min(high, rounded)));
        }

        void worthIt(Setting to) {
            if (to.sameAs(current)) {
                refuse(Refusal.TOO_SMALL, "it would stay " + current.text());
            } else if (to.isNumber() && current.isNumber() && !proposal.urgent()) {
                double change = Math.abs(to.number() - current.number());
                double least =
                        Math.max(range == null ? 0 : range.step(), limits.deadBand() * Math.abs(current.number()));
                if (change < least * (1 - 1e-9))
                    refuse(
                            Refusal.TOO_SMALL,
                            Setting.of(change).text() + " (expected: >= "
                                    + Setting.of(least).text() + ")");
            }
            if (refusal == null) passed.add("size");
        }

        /** Away from relief, the safest wish of the last minutes counts. */
        Setting stabilized(Setting to) {
            if (range == null || !to.isNumber() || !current.isNumber() || limits.stabilizeMillis() == 0) return to;
            state = state.wished(to.number(), now, limits.stabilizeMillis());
            int safe = range.relief().sign();
            double direction = Math.signum(to.number() - current.number());
            if (proposal.urgent() || safe == 0 || direction == safe) return to;
            double chosen = to.number();
            for (GuardState.Wish wish : state.wishes())
                chosen = safe < 0 ? Math.min(chosen, wish.value()) : Math.max(chosen, wish.value());
            if (Math.signum(chosen - current.number()) != direction) {
                refuse(Refusal.STABILIZING, Setting.of(chosen).text() + " was wanted before");
                return current;
            }
            passed.add("caution");
            return Setting.of(chosen);
        }

        void cooledDown() {
            long wait = proposal.urgent() ? limits.urgentCooldownMillis() : limits.cooldownMillis();
            if (state.changedMillis() != Long.MIN_VALUE && now - state.changedMillis() < wait)
                refuse(Refusal.COOLDOWN, (wait - (now - state.changedMillis())) / 1000 + " s left");
            else passed.add("cooldown");
        }

        void affordable(GuardFacts facts) {
            if (!proposal.urgent()) {
                if (state.budget().at(now).isEmpty()) refuse(Refusal.BUDGET, "of the key");
                else if (facts.application().at(now).isEmpty()) refuse(Refusal.BUDGET, "of the application");
                else if (facts.cluster().at(now).isEmpty()) refuse(Refusal.BUDGET, "of the cluster");
            }
            if (refusal == null) passed.add("budget");
        }

        void notBarred(Setting to) {
            for (Quarantine each : state.quarantines())
                if (each.bars(to, now)) refuse(Refusal.QUARANTINE, each.value().text() + " was rolled back");
            if (refusal == null) passed.add("quarantine");
        }

        /** Only growth needs a key that binds; without an answer it waits. */
        void binding(Setting to, GuardFacts facts) {
            boolean growth = to.isNumber() && current.isNumber() && to.number() > current.number();
            if (growth && facts.binding() == GuardFacts.Binding.NO)
                refuse(Refusal.NOT_BINDING, "raising it cannot help");
            else if (growth && facts.binding() == GuardFacts.Binding.UNKNOWN)
                refuse(Refusal.NO_DATA, "whether the key limits anything");
            else passed.add("binding");
        }

        void smallBlast(GuardFacts facts) {
            if (facts.changesInFlight() >= IN_FLIGHT_MAX) refuse(Refusal.BLAST, "of the application");
            else if (facts.changesInFlightCluster() >= IN_FLIGHT_CLUSTER_MAX) refuse(Refusal.BLAST, "of the cluster");
            else passed.add("blast");
        }
    }
}
