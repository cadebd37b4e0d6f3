package dev.attune.server.tuning;

import dev.attune.config.release.Pointer;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.policy.FastReadings;
import dev.attune.tuning.policy.PolicyInputs;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.verdict.GuardVerdict;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One policy in one turn: settles a rollout that has ended, judges a change that is being watched, or decides when a tick is
 * due. Does one of these at most; each is one transaction, and what it rests on is compared in it.
 */
final class PolicyTurn {
    private final Ground ground;
    private final Turn turn;
    private final AppView view;
    private final Present present;
    private final Standing standing;
    private final PolicyState state;
    private final long now;
    private final Circumstances around;

    PolicyTurn(Ground ground, Turn turn, AppView view, Present present, Standing standing) {
        this.ground = ground;
        this.turn = turn;
        this.view = view;
        this.present = present;
        this.standing = standing;
        this.now = ground.clock().millis();
        int perHour = standing.policy().rhythm().changesPerHour();
        this.state = turn.survey()
                .state(standing.id())
                .map(each -> each.ruled(perHour, now))
                .orElseGet(() -> PolicyState.fresh(Memory.start(perHour, now)));
        this.around = new Circumstances(ground, turn, view, present, standing, state, now);
    }

    CompletableFuture<Void> run() {
        DecisionWriter writer = new DecisionWriter(ground, turn, view, present, standing, state);
        if (state.moving() != null) return writer.settle(state.moving(), now);
        if (!around.due()) return CompletableFuture.completedFuture(null);
        Optional<Pointer> pointer = view.present(standing.target());
        if (pointer.isEmpty()) return CompletableFuture.completedFuture(null);
        return Standing.Target.of(ground.shelf(), standing.target(), pointer.get())
                .thenCompose(target -> {
                    Optional<Setting> current = target.setting(standing.key());
                    if (current.isEmpty()) return CompletableFuture.<Void>completedFuture(null);
                    DecisionEntry.Measured model =
                            turn.survey().profile(standing.id()).orElse(null);
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
                                decision -> around.owner(
                                        standing.key(), decision.guards().to().text()));
                    });
                });
    }

    /** What the signals say now. */
    private record Seen(PolicyInputs inputs, List<GuardVerdict> verdicts) {}

    private CompletableFuture<Seen> look(Standing.Target target) {
        TuningPolicy policy = standing.policy();
        PolicyState.Verifying watched = state.verifying();
        long changedAt = watched == null ? Long.MIN_VALUE : watched.sinceMillis();
        Facts facts = target.facts(now, changedAt);
        String listening = around.listening();
        return ground.signals().ask(view.environment(), view.application(), (store, fleet) -> {
            SignalQuery query = new SignalQuery(store, fleet, policy.rhythm().quality(), now);
            PolicyInputs inputs = PolicyInputs.read(policy, query, facts);
            if (!listening.isEmpty()) inputs = inputs.withheld(listening);
            List<GuardVerdict> verdicts =
                    watched == null ? List.of() : new FastReadings(query, facts, changedAt).judge(policy.guards());
            return new Seen(inputs, verdicts);
        });
    }

    private Tick tick(Standing.Target target, Setting current, PolicyInputs inputs) {
        TuningPolicy policy = standing.policy();
        long tickMillis = policy.rhythm().tickMillis();
        long elapsed = state.number() == 0 ? tickMillis : Math.max(0, Math.min(now - state.atMillis(), 2 * tickMillis));
        String good = state.lastGood().isEmpty() ? current.text() : state.lastGood();
        return new Tick(
                now,
                elapsed,
                around.mode(),
                current,
                Setting.of(good),
                view.acknowledged(standing.target(), target.release()),
                inputs.signals(),
                around.facts(handPin(target, current), inputs.binding(), 0));
    }

    private Optional<Hold> handPin(Standing.Target target, Setting current) {
        boolean moved = !state.expected().isEmpty() && !state.expected().equals(current.text());
        return around.handPin(target, moved);
    }
}
