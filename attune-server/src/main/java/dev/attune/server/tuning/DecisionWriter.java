package dev.attune.server.tuning;

import dev.attune.config.release.Draft;
import dev.attune.server.files.FileBatch;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Decision;
import dev.attune.tuning.decision.Explanation;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.decision.Tick;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.guard.Refusal;
import dev.attune.tuning.policy.Action;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a policy decides: the record, what it changes and what the policy remembers in one transaction, which
 * compares the leader's term, the policy's state, and, where something is changed, every switch and pin that could forbid
 * it. A transaction that is refused leaves nothing, and the next turn looks anew.
 */
final class DecisionWriter {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionWriter.class);
    private static final long ASKED_MILLIS = 1_800_000;

    private final Ground ground;
    private final Turn turn;
    private final AppView view;
    private final Present present;
    private final Standing standing;
    private final PolicyState state;
    private final Pen pen;

    DecisionWriter(Ground ground, Turn turn, AppView view, Present present, Standing standing, PolicyState state) {
        this.ground = ground;
        this.turn = turn;
        this.view = view;
        this.present = present;
        this.standing = standing;
        this.state = state;
        this.pen = new Pen(ground, turn, standing);
    }

    /**
     * A tick that is due.
     *
     * @param model that was measured, when the policy needs one
     * @param handPin the pin that a person's change of the key earns it
     */
    record Due(
            Decider decider,
            DecisionEntry.@Nullable Measured model,
            Standing.Target target,
            Tick tick,
            Optional<Hold> handPin) {
        Decision decide(Memory memory) {
            return decider.decide(tick, memory);
        }

        Due around(Function<GuardFacts, GuardFacts> changed) {
            Tick now = new Tick(
                    tick.nowMillis(),
                    tick.elapsedMillis(),
                    tick.mode(),
                    tick.current(),
                    tick.lastGood(),
                    tick.acknowledged(),
                    tick.signals(),
                    changed.apply(tick.facts()));
            return new Due(decider, model, target, now, handPin);
        }
    }

    /**
     * Decides and writes.
     *
     * @param owner names the policy that may set the key before this one does; empty when none
     */
    CompletableFuture<Void> decide(Due due, Function<Decision, String> owner) {
        Memory memory = state.remembered();
        Decision first = due.decide(memory);
        Refusal refusal = first.guards().refusal();
        String wanted = !first.proposal().change()
                ? due.tick().current().text()
                : refusal == null
                        ? first.guards().to().text()
                        : first.proposal().to().text();
        if (first.proposal().change() && refusal == null) {
            String owned = owner.apply(first);
            if (!owned.isEmpty()) {
                Due other = due.around(facts ->
                        facts.amid(facts.busy(), owned, facts.changesInFlight(), facts.changesInFlightCluster()));
                return record(other, other.decide(memory), wanted);
            }
        }
        if (!first.applies()) return record(due, first, wanted);
        boolean atOnce = standing.policy().action().strategy() == Action.Strategy.IMMEDIATE
                && !HoldOut.applies(standing, view, first.proposal().urgent());
        CompletableFuture<Void> made = atOnce ? release(due, first, wanted) : rollOut(due, first, wanted);
        return made.exceptionallyCompose(failure -> {
            String why = Pen.refusedFor(failure);
            if (why.isEmpty()) return CompletableFuture.failedFuture(failure);
            Due barred = due.around(facts -> facts.held(facts.killed(), facts.pinned(), why));
            return record(barred, barred.decide(memory), wanted);
        });
    }

    private CompletableFuture<Void> record(Due due, Decision decision, String wanted) {
        DecisionEntry entry = entry(due, decision, DecisionEntry.Made.NOTHING);
        PolicyState after = after(due, decision, entry, wanted);
        // What a person set is not judged, and never taken back.
        PolicyState next = asked(due.handPin().isPresent() ? after.verifying(null) : after, decision, entry);
        Writing writing = pen.begun(entry, next);
        due.handPin().ifPresent(pin -> pen.pinned(writing, standing.key(), pin));
        PolicyState.Verifying watched = state.verifying();
        if (due.handPin().isPresent() && watched != null)
            pen.outcomes(
                    writing,
                    watched.decisions(),
                    pen.outcome(
                            OutcomeEntry.What.OVERTAKEN,
                            entry.atMillis(),
                            "The key was changed to " + entry.said().from() + " by hand; it is left as it is.",
                            0));
        PolicyState.Asked old = state.asked();
        PolicyState.Asked now = next.asked();
        if (old != null && (now == null || now.decision() != old.decision()))
            writing.put(
                    TuneKeys.outcome(standing.id(), old.decision(), OutcomeEntry.What.EXPIRED),
                    new OutcomeEntry(
                                    OutcomeEntry.What.EXPIRED,
                                    entry.atMillis(),
                                    standing.id().principal(),
                                    "Nobody agreed in time, or it is not wanted any more.",
                                    0)
                            .encode());
        return pen.run(writing).thenAccept(done -> pen.told(done, entry));
    }

    private static PolicyState asked(PolicyState next, Decision decision, DecisionEntry entry) {
        PolicyState.Asked open = next.asked();
        if (open != null
                && (open.untilMillis() <= entry.atMillis()
                        || !open.from().equals(entry.said().from()))) open = null;
        if (decision.outcome() == Outcome.AWAIT_APPROVAL
                && (open == null || !open.to().equals(entry.said().to())))
            open = new PolicyState.Asked(
                    entry.number(), entry.said().from(), entry.said().to(), entry.atMillis() + ASKED_MILLIS, List.of());
        return next.asking(open);
    }

    private CompletableFuture<Void> release(Due due, Decision decision, String wanted) {
        String sentence = Explanation.sentence(decision);
        String value = decision.guards().to().text();
        return ground.releases()
                .plan(due.target(), standing.key(), value, draft(due, sentence), true)
                .thenCompose(planned -> {
                    DecisionEntry entry = entry(
                            due,
                            decision,
                            new DecisionEntry.Made(planned.releases().get(0), 0));
                    PolicyState.Verifying watched = state.verifying() == null
                            ? new PolicyState.Verifying(
                                    entry.atMillis(),
                                    entry.atMillis(),
                                    entry.said().from(),
                                    List.of(entry.number()))
                            : state.verifying().and(entry.number(), entry.atMillis());
                    PolicyState next = after(due, decision, entry, wanted)
                            .expecting(value)
                            .verifying(watched)
                            .asking(null);
                    Writing writing =
                            pen.begun(entry, next).when(planned.compares()).write(planned.operations());
                    paid(writing, due, decision, sentence);
                    return pen.run(writing).thenAccept(done -> pen.told(done, entry));
                });
    }

    private CompletableFuture<Void> rollOut(Due due, Decision decision, String wanted) {
        String sentence = Explanation.sentence(decision);
        String value = decision.guards().to().text();
        FileBatch.Item item = Releases.item(due.target(), standing.key(), value);
        RolloutRequest.Load load = Releases.load(item, number -> {
            DecisionEntry entry = entry(due, decision, new DecisionEntry.Made(0, number));
            PolicyState next = after(due, decision, entry, wanted)
                    .moving(PolicyState.Moving.change(
                            number, entry.number(), entry.said().from(), value))
                    .asking(null);
            Writing writing = pen.begun(entry, next);
            paid(writing, due, decision, sentence);
            return writing;
        });
        RolloutRequest request = Releases.rollout(standing, present.all(), view, Releases.message(sentence));
        return ground.rollouts()
                .startByPolicy(view.environment(), request, load, standing.id().principal())
                .thenAccept(record -> LOG.info(
                        "event=tuning-rollout policy={} rollout={} to={}", standing.id(), record.number(), value));
    }

    private Draft draft(Due due, String sentence) {
        return new Draft(
                        standing.id().principal(),
                        Releases.message(sentence),
                        due.tick().nowMillis(),
                        Draft.ANY_BASE)
                .byPolicy();
    }

    /** A relief of a hard goal in danger costs no budget, as in the chain of guards. */
    private void paid(Writing writing, Due due, Decision decision, String sentence) {
        if (decision.proposal().urgent()) pen.unpaid(writing, standing.key(), sentence);
        else pen.spent(writing, standing.key(), due.tick().nowMillis(), sentence);
    }

    private PolicyState after(Due due, Decision decision, DecisionEntry entry, String wanted) {
        PolicyState next = state.decided(entry, decision.after(), wanted);
        // What people had set when the policy began is what it goes back to at worst.
        return state.lastGood().isEmpty() ? next.good(due.tick().current().text()) : next;
    }

    private DecisionEntry entry(Due due, Decision decision, DecisionEntry.Made made) {
        Refusal refusal = decision.guards().refusal();
        DecisionEntry.Said said = new DecisionEntry.Said(
                standing.key(),
                decision.outcome().name(),
                refusal == null ? "" : refusal.name(),
                due.tick().current().text(),
                decision.guards().to().text(),
                Explanation.sentence(decision));
        return new DecisionEntry(
                state.number() + 1,
                due.tick().nowMillis(),
                standing.source(due.model()),
                said,
                made,
                turn.term(),
                Base64.getEncoder().encodeToString(decision.toBytes().toArray()));
    }

    /** Ends the watch over a change that all instances have: it is kept, or taken back. */
    CompletableFuture<Void> conclude(
            PolicyState.Verifying watched, Verification.Judgement judged, Standing.Target target, long now) {
        String value = target.setting(key()).orElseThrow().text();
        if (!state.expected().equals(value))
            return ended(
                    watched,
                    OutcomeEntry.What.OVERTAKEN,
                    "The key was changed to " + value + " by " + target.author() + "; it is left as it is.",
                    state.verifying(null),
                    now);
        if (judged.what() == OutcomeEntry.What.KEPT) {
            PolicyState next = state.verifying(null);
            return ended(
                    watched,
                    OutcomeEntry.What.KEPT,
                    "Kept: " + judged.reason() + ".",
                    judged.known() ? next.good(value) : next,
                    now);
        }
        boolean forbidden = !turn.survey().killed(standing.id(), now).isEmpty()
                || !turn.survey().pinned(standing.id(), key(), now).isEmpty();
        // Nothing acts past a kill switch or a pin; a rollout that holds the file ends soon.
        if (forbidden || !view.busy().isEmpty()) return CompletableFuture.completedFuture(null);
        return revert(watched, judged.reason(), target, value, now);
    }

    private CompletableFuture<Void> revert(
            PolicyState.Verifying watched, String reason, Standing.Target target, String value, long now) {
        String sentence = standing.id().name() + " takes " + key() + " back from " + value + " to " + watched.before()
                + ", as " + reason + ".";
        Draft draft = new Draft(standing.id().principal(), Releases.message(sentence), now, Draft.ANY_BASE).byPolicy();
        return ground.releases()
                .plan(target, key(), watched.before(), draft, false)
                .thenCompose(planned -> {
                    PolicyState next = state.rolledBack(key(), Setting.of(value), Setting.of(watched.before()), now)
                            .expecting(watched.before())
                            .verifying(null)
                            .asking(null);
                    Writing writing = pen.guarded(next).when(planned.compares()).write(planned.operations());
                    pen.free(writing, key());
                    pen.audited(writing, "tune.revert", key(), sentence);
                    long release = planned.releases().get(0);
                    pen.outcomes(
                            writing,
                            watched.decisions(),
                            pen.outcome(OutcomeEntry.What.REVERTED, now, sentence, release));
                    return pen.run(writing).thenAccept(done -> {
                        if (!done.succeeded()) return;
                        ground.meters().reverted();
                        LOG.info("event=tuning-reverted policy={} {}", standing.id(), sentence.replace('"', '\''));
                    });
                });
    }

    private CompletableFuture<Void> ended(
            PolicyState.Verifying watched, OutcomeEntry.What what, String sentence, PolicyState next, long now) {
        Writing writing = pen.guarded(next);
        pen.outcomes(writing, watched.decisions(), pen.outcome(what, now, sentence, 0));
        return pen.run(writing).thenAccept(done -> {});
    }

    /** The key that the change was of: the last decision's, as a climb decides nothing while it watches one. */
    private String key() {
        DecisionEntry.Said last = state.last();
        return state.climbs() && last != null ? last.key() : standing.key();
    }

    /** Notes how the rollout of a change ended, once it has. */
    CompletableFuture<Void> settle(PolicyState.Moving moving, long now) {
        return RolloutEnd.of(ground.reads(), view.environment(), moving.rollout())
                .thenCompose(end -> {
                    if (end.isEmpty()) return CompletableFuture.completedFuture(null);
                    if (!HoldOut.asked(standing)) return settled(moving, end.get(), null, now);
                    return HoldOut.shown(ground.reads(), standing, moving)
                            .thenCompose(shown -> settled(moving, end.get(), shown, now));
                });
    }

    private CompletableFuture<Void> settled(
            PolicyState.Moving moving, RolloutEnd end, HoldOut.@Nullable Shown shown, long now) {
        PolicyState next = state.moving(null);
        if (end.committed()) {
            next = next.expecting(moving.to());
            if (shown == null || shown.known()) next = next.good(moving.to());
        } else {
            next = next.rolledBack(key(), Setting.of(moving.to()), Setting.of(moving.from()), now);
            ground.meters().reverted();
        }
        String sentence = "Rollout " + moving.rollout() + " ended: " + end.words()
                + (shown == null ? "" : "; " + shown.words()) + ".";
        OutcomeEntry.What what = end.committed() ? OutcomeEntry.What.KEPT : OutcomeEntry.What.REVERTED;
        Writing writing = pen.guarded(next);
        pen.outcomes(writing, List.of(moving.decision()), pen.outcome(what, now, sentence, 0));
        return pen.run(writing).thenAccept(done -> {});
    }
}
