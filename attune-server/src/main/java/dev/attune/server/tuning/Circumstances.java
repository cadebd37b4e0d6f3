package dev.attune.server.tuning;

import dev.attune.model.config.ReleaseKind;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Claim;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.Action;
import dev.attune.tuning.policy.TuningPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for a policy in one turn besides what it measured: whether it is due, what it may do, what the guards must know.
 *
 * @param nowMillis when
 */
record Circumstances(
        Ground ground, Turn turn, AppView view, Present present, Standing standing, PolicyState state, long nowMillis) {
    private static final long HAND_PIN_MILLIS = 3_600_000;

    /** Whether a tick begins that was not decided yet. */
    boolean due() {
        TuningPolicy policy = standing.policy();
        DecisionEntry.Said last = state.last();
        boolean wasOff = last != null && last.outcome().equals(Outcome.OFF.name());
        if (policy.mode() == Mode.OFF && wasOff) return false;
        long tickMillis = policy.rhythm().tickMillis();
        return state.number() == 0 || nowMillis / tickMillis > state.atMillis() / tickMillis;
    }

    /** What the policy may do: where people approve changes, they approve these as well. */
    Mode mode() {
        Mode mode = standing.policy().mode();
        return mode == Mode.AUTO && view.rules().approvals() > 0 ? Mode.APPROVE : mode;
    }

    /** Why the leader does not know enough yet; empty when it does. */
    String listening() {
        long ready = Math.max(turn.sinceMillis(), ground.signals().sinceMillis());
        if (ready == Long.MAX_VALUE) return "no signals are kept";
        long warm = ready + standing.policy().warmUpMillis();
        return nowMillis >= warm ? "" : "the leader is new, and listens for " + (warm - nowMillis) / 1_000 + " s more";
    }

    /**
     * What the guards must know, but for who owns the key.
     *
     * @param handPin that a person's change earns a key
     * @param rollout of the policy itself; 0 for none
     */
    GuardFacts facts(Optional<Hold> handPin, GuardFacts.Binding binding, long rollout) {
        Survey survey = turn.survey();
        String frozen = standing.policy().frozen(nowMillis);
        if (frozen.isEmpty()) frozen = view.frozen(nowMillis);
        String pinned = pinned();
        if (pinned.isEmpty()) pinned = handPin.map(Hold::words).orElse("");
        int inFlight = 0;
        int inFlightCluster = 0;
        for (Map.Entry<PolicyId, PolicyState> each : survey.states().entrySet()) {
            PolicyId other = each.getKey();
            boolean flies =
                    each.getValue().verifying() != null || each.getValue().moving() != null;
            if (!flies || other.equals(standing.id())) continue;
            inFlightCluster++;
            if (other.environment().equals(view.environment())
                    && other.application().equals(view.application())) inFlight++;
        }
        return GuardFacts.none(nowMillis)
                .held(survey.killed(standing.id(), nowMillis), pinned, frozen)
                .binding(binding)
                .amid(view.busyBesides(rollout), "", inFlight, inFlightCluster)
                .budgets(survey.applicationBudget(standing.id(), nowMillis), survey.clusterBudget(nowMillis));
    }

    /** Why a person keeps one of the keys; empty when nobody does. */
    String pinned() {
        for (String each : standing.policy().keys()) {
            String pinned = turn.survey().pinned(standing.id(), each, nowMillis);
            if (!pinned.isEmpty()) return pinned;
        }
        return "";
    }

    /** A person who changes a key that a policy owns keeps it for an hour (tuning §3.1, guard 2). */
    Optional<Hold> handPin(Standing.Target target, boolean moved) {
        if (!moved || target.kind() == ReleaseKind.TUNING) return Optional.empty();
        return Optional.of(new Hold(target.author(), nowMillis, nowMillis + HAND_PIN_MILLIS, "set by hand"));
    }

    /** The policy that may set a key before this one may set it to {@code wish}; empty when this one may. */
    String owner(String key, String wish) {
        List<Claim> others = new ArrayList<>();
        for (Standing each : present.standing()) {
            boolean same = each.target().equals(standing.target())
                    && each.policy().keys().contains(key);
            if (!same || each.id().equals(standing.id())) continue;
            others.add(claim(
                    each, turn.survey().state(each.id()).map(PolicyState::wish).orElse("")));
        }
        KeyRange.Relief relief =
                standing.policy().action().range().map(KeyRange::relief).orElse(KeyRange.Relief.NONE);
        return claim(standing, wish).against(others, relief);
    }

    private static Claim claim(Standing of, String wish) {
        return new Claim(
                of.id().name(),
                of.policy().mode().compareTo(Mode.APPROVE) >= 0,
                of.policy().action().priority(),
                of.policy().action().combine() == Action.Combine.SAFEST,
                Setting.of(wish));
    }
}
