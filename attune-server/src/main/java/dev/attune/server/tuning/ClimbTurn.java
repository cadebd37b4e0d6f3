package dev.attune.server.tuning;

import dev.attune.config.release.Pointer;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.http.Problems;
import dev.attune.server.rollouts.RolloutService.Seen;
import dev.attune.server.tuning.TuningHost.Present;
import dev.attune.server.tuning.TuningHost.Turn;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.ClimbTick;
import dev.attune.tuning.decision.ClimbTick.Measured;
import dev.attune.tuning.decision.Climber;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.expression.Evaluation;
import dev.attune.tuning.expression.Expression;
import dev.attune.tuning.expression.Facts;
import dev.attune.tuning.guard.GuardFacts;
import dev.attune.tuning.policy.FastReadings;
import dev.attune.tuning.policy.TrialReadings;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.SignalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One climb in one turn: ends a trial whose end was decided, looks at one that runs, judges a value that all have taken, or
 * decides what to try when a tick is due. Does one of these at most; each is one transaction.
 */
final class ClimbTurn {
    private final Ground ground;
    private final Turn turn;
    private final AppView view;
    private final Standing standing;
    private final PolicyState state;
    private final long now;
    private final Circumstances around;
    private final ClimbWriter writer;
    private final DecisionWriter changes;

    ClimbTurn(Ground ground, Turn turn, AppView view, Present present, Standing standing) {
        this.ground = ground;
        this.turn = turn;
        this.view = view;
        this.standing = standing;
        this.now = ground.clock().millis();
        this.state = turn.survey()
                .state(standing.id())
                .map(each -> each.climbs() ? each : each.remembering(fresh()))
                .orElseGet(() -> PolicyState.fresh(fresh()));
        this.around = new Circumstances(ground, turn, view, present, standing, state, now);
        this.writer = new ClimbWriter(ground, turn, present, standing, state);
        this.changes = new DecisionWriter(ground, turn, view, present, standing, state);
    }

    /** Follows the values in force from its first tick. */
    private ClimbMemory fresh() {
        TuningPolicy policy = standing.policy();
        double[] low =
                policy.climb().ranges().stream().mapToDouble(each -> each.min()).toArray();
        return ClimbMemory.start(policy.climb(), low, policy.rhythm().changesPerHour(), now);
    }

    CompletableFuture<Void> run() {
        PolicyState.Moving moving = state.moving();
        if (moving != null && moving.trial() == null) return changes.settle(moving, now);
        if (moving != null) return seen(ground, standing.id(), moving).thenCompose(seen -> trial(moving, seen));
        if (!around.due()) return done();
        return target().thenCompose(target -> {
            Optional<List<Setting>> current = target.flatMap(this::current);
            if (current.isEmpty()) return done();
            PolicyState.Verifying watched = state.verifying();
            return watched == null ? rest(target.get(), current.get()) : judge(watched, target.get());
        });
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Optional<Standing.Target>> target() {
        Optional<Pointer> pointer = view.present(standing.target());
        if (pointer.isEmpty()) return CompletableFuture.completedFuture(Optional.empty());
        return Standing.Target.of(ground.shelf(), standing.target(), pointer.get())
                .thenApply(Optional::of);
    }

    private Optional<List<Setting>> current(Standing.Target target) {
        List<Setting> current = new ArrayList<>();
        for (String each : standing.policy().keys()) target.setting(each).ifPresent(current::add);
        return current.size() == standing.policy().keys().size() ? Optional.of(current) : Optional.empty();
    }

    /** The rollout of a trial; null when it is not there any more. */
    static CompletableFuture<@Nullable Seen> seen(Ground ground, PolicyId id, PolicyState.Moving moving) {
        return ground.rollouts()
                .get(id.environment(), moving.rollout())
                .<@Nullable Seen>thenApply(found -> found)
                .exceptionally(failure -> {
                    Throwable cause = Problems.unwrap(failure);
                    if (cause instanceof AttuneException known && known.code() == ErrorCode.NOT_FOUND) return null;
                    throw new java.util.concurrent.CompletionException(cause);
                });
    }

    private CompletableFuture<Void> judge(PolicyState.Verifying watched, Standing.Target target) {
        Facts facts = target.facts(now, watched.sinceMillis());
        TuningPolicy policy = standing.policy();
        return ground.signals()
                .ask(view.environment(), view.application(), (store, fleet) -> {
                    SignalQuery query =
                            new SignalQuery(store, fleet, policy.rhythm().quality(), now);
                    return new FastReadings(query, facts, watched.sinceMillis()).judge(policy.guards());
                })
                .thenCompose(verdicts -> {
                    Verification.Judgement judged = Verification.judge(standing, watched, target, verdicts, view, now);
                    return judged.over() ? changes.conclude(watched, judged, target, now) : done();
                });
    }

    private CompletableFuture<Void> rest(Standing.Target target, List<Setting> current) {
        TuningPolicy policy = standing.policy();
        Facts facts = target.facts(now, Long.MIN_VALUE);
        String listening = around.listening();
        int instances = view.following(standing.target());
        int share = (int) (policy.byClimb().cohort() * instances);
        int trying = Math.max(1, Math.min(share, instances / 2));
        String spoilt = state.climb().tries() ? "its rollout is gone" : "";
        return ground.signals()
                .ask(view.environment(), view.application(), (store, fleet) -> {
                    GuardFacts.Binding binding = binding(
                            new SignalQuery(store, fleet, policy.rhythm().quality(), now), facts);
                    TrialReadings readings = new TrialReadings(
                            store, policy, facts, state.climb().trials());
                    Measured measured =
                            listening.isEmpty() ? readings.resting(fleet, now) : Measured.nothing(listening);
                    return tick(
                            target,
                            current,
                            binding,
                            new ClimbTick.Trial(ClimbTick.NOT_YET, trying, instances, spoilt),
                            measured);
                })
                .thenCompose(tick -> decide(target, tick));
    }

    private GuardFacts.Binding binding(SignalQuery query, Facts facts) {
        Expression asked = standing.policy().binding();
        if (asked == null) return GuardFacts.Binding.NOT_ASKED;
        Evaluation answer = asked.evaluate(query, facts);
        if (answer.isMissing()) return GuardFacts.Binding.UNKNOWN;
        return answer.holds() ? GuardFacts.Binding.YES : GuardFacts.Binding.NO;
    }

    private ClimbTick tick(
            Standing.Target target,
            List<Setting> current,
            GuardFacts.Binding binding,
            ClimbTick.Trial trial,
            Measured measured) {
        Map<String, Hold> pins = handPins(target, current);
        PolicyState.Moving moving = state.moving();
        GuardFacts facts =
                around.facts(pins.values().stream().findFirst(), binding, moving == null ? 0 : moving.rollout());
        String owner = "";
        for (int i = 0; i < current.size() && owner.isEmpty(); i++)
            owner = around.owner(standing.policy().keys().get(i), current.get(i).text());
        return new ClimbTick(
                now,
                around.mode(),
                current,
                view.acknowledged(standing.target(), target.release()),
                facts.amid(facts.busy(), owner, facts.changesInFlight(), facts.changesInFlightCluster()),
                trial,
                measured);
    }

    private CompletableFuture<Void> decide(Standing.Target target, ClimbTick tick) {
        Climber climber = standing.climber();
        return writer.decide(new ClimbWriter.Due(climber, target, tick, handPins(target, tick.current())));
    }

    /** The keys that a person moved from where the climb left them. */
    private Map<String, Hold> handPins(Standing.Target target, List<Setting> current) {
        Map<String, Hold> pins = new TreeMap<>();
        if (state.number() == 0) return pins;
        double[] left = standing.policy().climb().incumbent(state.climb().search());
        double[] now = current.stream().mapToDouble(Setting::number).toArray();
        boolean known = left.length == now.length;
        for (int i = 0; i < now.length && known; i++) {
            boolean moved = Math.abs(left[i] - now[i])
                    >= standing.policy().climb().ranges().get(i).step();
            String key = standing.policy().keys().get(i);
            around.handPin(target, moved).ifPresent(pin -> pins.put(key, pin));
        }
        return pins;
    }

    private CompletableFuture<Void> trial(PolicyState.Moving moving, @Nullable Seen seen) {
        boolean forbidden = !turn.survey().killed(standing.id(), now).isEmpty()
                || !around.pinned().isEmpty();
        ClimbMemory memory = state.climb();
        if (!memory.tries()) return writer.finish(moving, seen, forbidden, now);
        String broken = broken(moving, seen);
        String spoilt = spoilt(moving, seen, memory);
        boolean over = !broken.isEmpty() || !spoilt.isEmpty() || forbidden;
        boolean mayNot = around.mode().compareTo(Mode.APPROVE) < 0;
        if (!over && !mayNot && !around.due()) return done();
        return target().thenCompose(target -> {
            Optional<List<Setting>> current = target.flatMap(this::current);
            // Its file or its key is gone.
            if (current.isEmpty()) return writer.finish(moving, seen, true, now);
            Standing.Target file = target.get();
            ClimbTick.Trial trial = trial(seen, spoilt);
            return measured(file, seen, trial, memory)
                    .thenCompose(measured -> decide(
                            file,
                            tick(file, current.get(), GuardFacts.Binding.NOT_ASKED, trial, measured.broken(broken))));
        });
    }

    /** How the rollout ended by itself, or was ended; empty while it goes on. */
    private static String broken(PolicyState.Moving moving, @Nullable Seen seen) {
        if (seen == null) return "rollout " + moving.rollout() + " is not known any more";
        Phase phase = seen.record().phase();
        boolean back = phase.isUndo() || phase == Phase.ABORTED || phase == Phase.ROLLED_BACK;
        return back ? seen.record().reason() + " (rollout " + moving.rollout() + ")" : "";
    }

    /** Why the trial says nothing any more; empty when it does. */
    private String spoilt(PolicyState.Moving moving, @Nullable Seen seen, ClimbMemory memory) {
        if (!standing.version().equals(moving.trial())) return "the policy was changed";
        long since = Math.max(turn.sinceMillis(), ground.signals().sinceMillis());
        if (since > memory.trialSinceMillis()) return "another node leads, which has not seen its beginning";
        if (seen == null) return "";
        RolloutRecord record = seen.record();
        if (record.phase() == Phase.DO_COMMIT
                || record.phase() == Phase.COMMITTED
                || record.at().stage() > 0) return "somebody took it for all";
        if (record.phase() == Phase.STAGE && group(seen, true) == 0) return "nobody is there to try it";
        return "";
    }

    private static ClimbTick.Trial trial(@Nullable Seen seen, String spoilt) {
        if (seen == null) return new ClimbTick.Trial(ClimbTick.NOT_YET, 0, 0, spoilt);
        long applied = seen.record().phase() == Phase.STAGE ? 0 : ClimbTick.NOT_YET;
        for (Map.Entry<InstanceRef, Target> each : seen.targets().entrySet()) {
            if (!Asks.inCohort(seen.record(), each.getKey())) continue;
            boolean has = each.getValue().progress().state() == InstanceState.APPLIED;
            applied = has ? Math.max(applied, each.getValue().progress().timeMillis()) : ClimbTick.NOT_YET;
            if (!has) break;
        }
        return new ClimbTick.Trial(applied, group(seen, true), seen.targets().size(), spoilt);
    }

    private static int group(Seen seen, boolean candidates) {
        return (int) seen.targets().keySet().stream()
                .filter(each -> Asks.inCohort(seen.record(), each) == candidates)
                .count();
    }

    private CompletableFuture<Measured> measured(
            Standing.Target target, @Nullable Seen seen, ClimbTick.Trial trial, ClimbMemory memory) {
        if (seen == null || trial.appliedMillis() == ClimbTick.NOT_YET)
            return CompletableFuture.completedFuture(Measured.nothing(""));
        Facts facts = target.facts(now, trial.appliedMillis());
        return ground.signals().ask(view.environment(), view.application(), (store, fleet) -> new TrialReadings(
                        store, standing.policy(), facts, memory.trials())
                .trying(sides(fleet, seen), memory.trialSinceMillis(), trial.appliedMillis(), now));
    }

    /** Who has the candidate, and who has what was before; who came since is on neither side. */
    private Fleet sides(Fleet connected, Seen seen) {
        SortedMap<String, Cohort> sides = new TreeMap<>();
        for (String each : connected.cohorts().keySet()) {
            InstanceRef instance = new InstanceRef(view.application(), each);
            if (!seen.targets().containsKey(instance)) sides.put(each, Cohort.OTHER);
            else sides.put(each, Asks.inCohort(seen.record(), instance) ? Cohort.CANARY : Cohort.BASELINE);
        }
        return new Fleet(sides);
    }

    /** Takes back the trial of a climb that is there no more. */
    static CompletableFuture<Void> orphaned(Ground ground, Turn turn, PolicyId id, PolicyState state) {
        PolicyState.Moving moving = state.moving();
        if (moving == null) return done();
        return seen(ground, id, moving).thenCompose(seen -> {
            if (seen != null && !seen.record().phase().isEnd()) {
                if (seen.record().phase().isUndo() || seen.record().phase() == Phase.DO_COMMIT) return done();
                Command abort = new Command(Command.Kind.ABORT, id.principal(), "the policy is gone");
                return ground.rollouts()
                        .command(id.environment(), moving.rollout(), abort)
                        .thenAccept(record -> {});
            }
            Writing writing = new Writing()
                    .when(turn.fence())
                    .when(turn.survey().unchanged(TuneKeys.state(id)))
                    .put(TuneKeys.state(id), state.moving(null).encode());
            return ground.reads().run(writing.txn()).thenAccept(written -> {});
        });
    }
}
