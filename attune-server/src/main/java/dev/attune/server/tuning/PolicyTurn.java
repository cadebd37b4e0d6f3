package dev.attune.server.tuning;

import dev.attune.config.release.Pointer;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.KeyRange;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Claim;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Decision;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.FastReadings;
import dev.attune.tuning.policy.PolicyInputs;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.verdict.GuardVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One policy in one turn: settles a rollout that has ended, judges a change that is being watched, or decides when a tick is
 * due. Does one of these at most; each is one transaction, and what it rests on is compared in it.
 */
final class PolicyTurn {
    private static final long HAND_PIN_MILLIS = 3_600_000;

    private final Ground ground;
    private final Turn turn;
    private final AppView view;
    private final Present present;
    private final Standing standing;
    private final PolicyState state;
    private final long now;

    PolicyTurn(Ground ground, Turn turn, AppView view, Present present, Standing standing) {
        this.ground = ground;
        this.turn = turn;
        this.view = view;
        this.present = present;
        this.standing = standing;
        this.now = ground.clock().millis();
        this.state = turn.survey()
                .state(standing.id())
                .orElseGet(() -> PolicyState.fresh(
                        Memory.start(standing.policy().rhythm().changesPerHour(), now)));
    }

    CompletableFuture<Void> run() {
        DecisionWriter writer = new DecisionWriter(ground, turn, view, present, standing, state);
        if (state.moving() != null) return writer.settle(state.moving(), now);
        if (!due()) return CompletableFuture.completedFuture(null);
        Optional<Pointer> pointer = view.present(standing.target());
        if (pointer.isEmpty()) return CompletableFuture.completedFuture(null);
        return ground.shelf().target(standing.target(), pointer.get()).thenCompose(target -> {
            Optional<Setting> current = target.setting(standing.key());
            if (current.isEmpty()) return CompletableFuture.<Void>completedFuture(null);
            DecisionEntry.Measured model = turn.survey().profile(standing.id()).orElse(null);
            Decider decider;
            try {
                decider = standing.decider(model);
            } catch (IllegalArgumentException e) {
                // Shown with the policy's state; there is nothing to decide by.
                return CompletableFuture.<Void>completedFuture(null);
            }
            return look(target).thenCompose(seen -> {
                PolicyState.Verifying watched = state.verifying();
                if (watched != null) {
                    Verification.Judgement judged =
                            Verification.judge(standing, watched, target, seen.verdicts, view, now);
                    if (judged.over()) return writer.conclude(watched, judged, target, now);
                }
                Tick tick = tick(target, current.get(), seen.inputs);
                return writer.decide(
                        new DecisionWriter.Due(decider, model, target, tick, handPin(target, current.get())),
                        this::owned);
            });
        });
    }

    private boolean due() {
        TuningPolicy policy = standing.policy();
        DecisionEntry.Said last = state.last();
        boolean wasOff = last != null && last.outcome().equals(Outcome.OFF.name());
        if (policy.mode() == Mode.OFF && wasOff) return false;
        long tickMillis = policy.rhythm().tickMillis();
        return state.number() == 0 || now / tickMillis > state.atMillis() / tickMillis;
    }

    /** What the signals say now. */
    private record Seen(PolicyInputs inputs, List<GuardVerdict> verdicts) {}

    private CompletableFuture<Seen> look(Standing.Target target) {
        TuningPolicy policy = standing.policy();
        PolicyState.Verifying watched = state.verifying();
        long changedAt = watched == null ? Long.MIN_VALUE : watched.sinceMillis();
        Facts facts = target.facts(now, changedAt);
        long ready = Math.max(turn.sinceMillis(), ground.signals().sinceMillis());
        long warm = ready == Long.MAX_VALUE ? Long.MAX_VALUE : ready + policy.warmUpMillis();
        return ground.signals().ask(view.environment(), view.application(), (store, fleet) -> {
            SignalQuery query = new SignalQuery(store, fleet, policy.rhythm().quality(), now);
            PolicyInputs inputs = PolicyInputs.read(policy, query, facts);
            if (now < warm)
                inputs = inputs.withheld(
                        warm == Long.MAX_VALUE
                                ? "no signals are kept"
                                : "the leader is new, and listens for " + (warm - now) / 1_000 + " s more");
            List<GuardVerdict> verdicts =
                    watched == null ? List.of() : new FastReadings(query, facts, changedAt).judge(policy.guards());
            return new Seen(inputs, verdicts);
        });
    }

    private Tick tick(Standing.Target target, Setting current, PolicyInputs inputs) {
        TuningPolicy policy = standing.policy();
        long tickMillis = policy.rhythm().tickMillis();
        long elapsed = state.number() == 0 ? tickMillis : Math.max(0, Math.min(now - state.atMillis(), 2 * tickMillis));
        Mode mode = policy.mode();
        // Where people approve changes, they approve these as well.
        if (mode == Mode.AUTO && view.rules().approvals() > 0) mode = Mode.APPROVE;
        String good = state.lastGood().isEmpty() ? current.text() : state.lastGood();
        return new Tick(
                now,
                elapsed,
                mode,
                current,
                Setting.of(good),
                view.acknowledged(standing.target(), target.release()),
                inputs.signals(),
                facts(target, current, inputs));
    }

    private GuardFacts facts(Standing.Target target, Setting current, PolicyInputs inputs) {
        Survey survey = turn.survey();
        String frozen = standing.policy().frozen(now);
        if (frozen.isEmpty()) frozen = view.frozen(now);
        String pinned = survey.pinned(standing.id(), standing.key(), now);
        if (pinned.isEmpty()) pinned = handPin(target, current).map(Hold::words).orElse("");
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
        return GuardFacts.none(now)
                .held(survey.killed(standing.id(), now), pinned, frozen)
                .binding(inputs.binding())
                .amid(view.busy(), "", inFlight, inFlightCluster)
                .budgets(survey.applicationBudget(standing.id(), now), survey.clusterBudget(now));
    }

    /** A person who changes a key that a policy owns keeps it for an hour (tuning §3.1, guard 2). */
    private Optional<Hold> handPin(Standing.Target target, Setting current) {
        boolean byHand = target.kind() != dev.attune.model.config.ReleaseKind.TUNING;
        if (!byHand || state.expected().isEmpty() || state.expected().equals(current.text())) return Optional.empty();
        return Optional.of(new Hold(target.author(), now, now + HAND_PIN_MILLIS, "set by hand"));
    }

    /** The policy that may set the key before this one does; empty when this one may. */
    private String owned(Decision decision) {
        List<Claim> others = new ArrayList<>();
        for (Standing each : present.standing()) {
            boolean same = each.target().equals(standing.target())
                    && each.policy().keys().contains(standing.key());
            if (!same || each.id().equals(standing.id())) continue;
            others.add(claim(
                    each, turn.survey().state(each.id()).map(PolicyState::wish).orElse("")));
        }
        KeyRange.Relief relief =
                standing.policy().action().range().map(KeyRange::relief).orElse(KeyRange.Relief.NONE);
        return claim(standing, decision.guards().to().text()).against(others, relief);
    }

    private static Claim claim(Standing of, String wish) {
        return new Claim(
                of.id().name(),
                of.policy().mode().compareTo(Mode.APPROVE) >= 0,
                of.policy().action().priority(),
                of.policy().action().combine() == dev.attune.tuning.policy.Action.Combine.SAFEST,
                Setting.of(wish));
    }
}
