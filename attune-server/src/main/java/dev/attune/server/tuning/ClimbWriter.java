package dev.attune.server.tuning;

import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.server.rollouts.RolloutService.Seen;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbDecision.Step;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.policy.Action;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a climb decides and carries its trials out. A trial begins in the transaction of its decision. Its end is
 * decided in one transaction and carried out by the rollout's own commands, again at each turn until the rollout has ended;
 * so whoever leads ends what another leader had decided.
 */
final class ClimbWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ClimbWriter.class);
    private static final long ASKED_MILLIS = 1_800_000;

    private final Ground ground;
    private final Turn turn;
    private final Present present;
    private final Standing standing;
    private final PolicyState state;
    private final Pen pen;

    ClimbWriter(Ground ground, Turn turn, Present present, Standing standing, PolicyState state) {
        this.ground = ground;
        this.turn = turn;
        this.present = present;
        this.standing = standing;
        this.state = state;
        this.pen = new Pen(ground, turn, standing);
    }

    /**
     * A tick that is due.
     *
     * @param handPins the pins that a person's changes of keys earn them
     */
    record Due(Climber climber, Standing.Target target, ClimbTick tick, Map<String, Hold> handPins) {
        Due frozen(String why) {
            ClimbTick now = tick.knowing(
                    tick.facts().held(tick.facts().killed(), tick.facts().pinned(), why));
            return new Due(climber, target, now, handPins);
        }
    }

    CompletableFuture<Void> decide(Due due) {
        ClimbMemory memory = state.climb();
        ClimbDecision decision = due.climber().decide(due.tick(), memory);
        if (decision.step() != Step.TRY) return record(due, decision);
        return begin(due, decision).exceptionallyCompose(failure -> {
            String why = Pen.refusedFor(failure);
            if (why.isEmpty()) return CompletableFuture.failedFuture(failure);
            Due barred = due.frozen(why);
            return record(barred, barred.climber().decide(barred.tick(), memory));
        });
    }

    private CompletableFuture<Void> begin(Due due, ClimbDecision decision) {
        String key = decision.key();
        String to = decision.candidate().text();
        RolloutRequest.Load load = Releases.load(Releases.item(due.target(), key, to), number -> {
            DecisionEntry entry = entry(decision, new DecisionEntry.Made(0, number));
            PolicyState next = after(decision, entry)
                    .moving(new PolicyState.Moving(
                            number, entry.number(), decision.from().text(), to, standing.version()))
                    .asking(null);
            Writing writing = pen.begun(entry, next);
            pen.free(writing, key);
            pen.audited(writing, "tune.try", key, decision.sentence());
            return writing;
        });
        RolloutRequest request =
                Trials.request(standing, present.all(), due.tick().trial(), Releases.message(decision.sentence()));
        return ground.rollouts()
                .startByPolicy(
                        standing.id().environment(),
                        request,
                        load,
                        standing.id().principal())
                .thenAccept(record -> {
                    ground.meters().decided(said(decision));
                    LOG.info(
                            "event=tuning-trial policy={} rollout={} {}",
                            standing.id(),
                            record.number(),
                            decision.sentence());
                });
    }

    private CompletableFuture<Void> record(Due due, ClimbDecision decision) {
        PolicyState.Moving moving = state.moving();
        boolean won = decision.step() == Step.WON;
        DecisionEntry entry = entry(
                decision,
                won && moving != null ? new DecisionEntry.Made(0, moving.rollout()) : DecisionEntry.Made.NOTHING);
        PolicyState next = asked(after(decision, entry), decision, entry);
        Writing writing = pen.begun(entry, next);
        due.handPins().forEach((key, pin) -> pen.pinned(writing, key, pin));
        if (won) pen.spent(writing, decision.key(), entry.atMillis(), decision.sentence());
        expired(writing, next, entry.atMillis());
        return pen.run(writing).thenCompose(done -> {
            pen.told(done, entry);
            if (!done.succeeded() || !decision.step().endsTrial() || moving == null)
                return CompletableFuture.completedFuture(null);
            LOG.info("event=tuning-trial-ended policy={} {}", standing.id(), decision.sentence());
            Command.Kind kind = won ? Command.Kind.PROMOTE : Command.Kind.ABORT;
            return command(moving, kind, decision.reason());
        });
    }

    private static PolicyState asked(PolicyState next, ClimbDecision decision, DecisionEntry entry) {
        PolicyState.Asked open = next.asked();
        String from = decision.from().text();
        String to = decision.candidate().text();
        boolean over = open != null
                && (open.untilMillis() <= entry.atMillis() || !open.from().equals(from));
        if (over || decision.step() != Step.ASKED) open = null;
        if (decision.step() == Step.ASKED && (open == null || !open.to().equals(to)))
            open = new PolicyState.Asked(entry.number(), from, to, entry.atMillis() + ASKED_MILLIS, List.of());
        return next.asking(open);
    }

    private void expired(Writing writing, PolicyState next, long now) {
        PolicyState.Asked old = state.asked();
        PolicyState.Asked open = next.asked();
        if (old == null || (open != null && open.decision() == old.decision())) return;
        String why = "Nobody agreed in time, or it is not wanted any more.";
        pen.outcomes(writing, List.of(old.decision()), pen.outcome(OutcomeEntry.What.EXPIRED, now, why, 0));
    }

    private PolicyState after(ClimbDecision decision, DecisionEntry entry) {
        PolicyState next =
                state.decided(entry, decision.after(), decision.candidate().text());
        // What people had set when the policy began is what it goes back to at worst.
        return state.lastGood().isEmpty() ? next.good(decision.from().text()) : next;
    }

    private DecisionEntry entry(ClimbDecision decision, DecisionEntry.Made made) {
        return new DecisionEntry(
                state.number() + 1,
                decision.tick().nowMillis(),
                standing.source(null),
                said(decision),
                made,
                turn.term(),
                Base64.getEncoder().encodeToString(decision.toBytes().toArray()));
    }

    private static DecisionEntry.Said said(ClimbDecision decision) {
        return new DecisionEntry.Said(
                decision.key(),
                decision.step().name(),
                decision.refusal() == null ? "" : decision.refusal().name(),
                decision.from().text(),
                decision.candidate().text(),
                decision.sentence());
    }

    /** What was decided before is seen again at the next turn, so a command that fails is no loss. */
    private CompletableFuture<Void> command(PolicyState.Moving moving, Command.Kind kind, String reason) {
        Command command = new Command(kind, standing.id().principal(), reason);
        return ground.rollouts()
                .command(standing.id().environment(), moving.rollout(), command)
                .handle((done, failure) -> {
                    if (failure != null) LOG.debug("event=tuning-trial-not-ended policy={}", standing.id(), failure);
                    return null;
                });
    }

    /**
     * Sees to it that a trial whose end was decided does end, and notes it once it has.
     *
     * @param seen its rollout; nothing when that is not there any more
     * @param forbidden whether nothing may be changed now
     */
    CompletableFuture<Void> finish(PolicyState.Moving moving, @Nullable Seen seen, boolean forbidden, long now) {
        DecisionEntry.Said last = state.last();
        boolean won = last != null && last.outcome().equals(Step.WON.name());
        RolloutRecord record = seen == null ? null : seen.record();
        if (record != null && !record.phase().isEnd()) return carriedOn(moving, record, won, forbidden);
        boolean committed = record != null && record.phase() == Phase.COMMITTED;
        return settle(moving, won, committed, words(record), now);
    }

    private CompletableFuture<Void> carriedOn(
            PolicyState.Moving moving, RolloutRecord record, boolean won, boolean forbidden) {
        boolean onTrial = record.phase() == Phase.PENDING
                || (record.phase() == Phase.STAGE && record.at().stage() == 0);
        // What goes out or back already does so by the rollout's own rules.
        if (!onTrial) return CompletableFuture.completedFuture(null);
        if (won && !forbidden) return command(moving, Command.Kind.PROMOTE, "it was better");
        return command(moving, Command.Kind.ABORT, won ? "automation was stopped" : "the trial is over");
    }

    private static String words(@Nullable RolloutRecord record) {
        if (record == null) return "nothing is known of it any more";
        String phase = record.phase().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return record.reason().isEmpty() ? phase : phase + ", " + record.reason();
    }

    private CompletableFuture<Void> settle(
            PolicyState.Moving moving, boolean won, boolean committed, String words, long now) {
        PolicyState next = state.moving(null);
        long decision = won ? state.number() : moving.decision();
        OutcomeEntry.What what = committed ? OutcomeEntry.What.KEPT : OutcomeEntry.What.REVERTED;
        if (won && committed) {
            next = next.expecting(moving.to());
            boolean watched = standing.policy().action().strategy() == Action.Strategy.IMMEDIATE
                    && !standing.policy().guards().isEmpty();
            next = watched
                    ? next.verifying(new PolicyState.Verifying(now, now, moving.from(), List.of(decision)))
                    : next.good(moving.to());
        } else if (won) {
            next = next.rolledBack(keyOf(state), Setting.of(moving.to()), Setting.of(moving.from()), now);
            ground.meters().reverted();
        } else if (committed) {
            // A person promoted it; it is climbed from there.
            what = OutcomeEntry.What.OVERTAKEN;
        }
        String sentence = "Rollout " + moving.rollout() + " ended: " + words + ".";
        Writing writing = pen.guarded(next);
        // Whether it is kept is said once it was watched.
        if (next.verifying() == null) pen.outcomes(writing, List.of(decision), pen.outcome(what, now, sentence, 0));
        return pen.run(writing).thenAccept(done -> {});
    }

    private String keyOf(PolicyState of) {
        return Optional.ofNullable(of.last()).map(DecisionEntry.Said::key).orElse(standing.key());
    }
}
