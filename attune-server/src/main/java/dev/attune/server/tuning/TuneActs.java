package dev.attune.server.tuning;

import dev.attune.config.release.Draft;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.Command;
import dev.attune.server.files.FileBatch;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.rollouts.RolloutRequest;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.ClimbMemory;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Recorded;
import dev.attune.tuning.policy.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What people do to policies and their decisions. Any node serves any call: each is a transaction that compares what the
 * policy remembers, so it and the leader's ticks never overwrite one another. Never blocks. Fails with {@code CONFLICT} when
 * the policy went on meanwhile: repeat.
 */
final class TuneActs {
    private final Ground ground;
    private final TuneView views;

    TuneActs(Ground ground, TuneView views) {
        this.ground = ground;
        this.views = views;
    }

    /** How an approval ended: made now, or so many of so many. */
    record Approved(int approvals, int needed, long release, long rollout) {}

    CompletableFuture<Approved> approve(PolicyId id, long number, String who) {
        return views.one(id).thenCompose(one -> {
            PolicyState.Asked asked = asked(one, number);
            List<String> approvers = new ArrayList<>(asked.approvers());
            if (!approvers.contains(who)) approvers.add(who);
            int needed = Math.max(1, one.app().view().rules().approvals());
            if (approvers.size() >= needed) return make(one, asked, who, approvers.size());
            PolicyState next = one.state()
                    .asking(new PolicyState.Asked(number, asked.from(), asked.to(), asked.untilMillis(), approvers));
            Writing writing = guarded(one, next).write(audited(who, "tune.approve", one, "decision " + number));
            return done(writing).thenApply(at -> new Approved(approvers.size(), needed, 0, 0));
        });
    }

    private PolicyState.Asked asked(TuneView.One one, long number) {
        PolicyState.Asked asked = one.state().asked();
        if (asked == null || asked.decision() != number || asked.untilMillis() <= now())
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "Decision " + number + " does not wait for anybody (open: "
                            + (asked == null ? "none" : String.valueOf(asked.decision())) + ").");
        return asked;
    }

    private CompletableFuture<Approved> make(TuneView.One one, PolicyState.Asked asked, String who, int approvals) {
        Standing standing = one.standing();
        return views.decision(standing.id(), asked.decision())
                .thenCompose(shown -> views.target(one).thenCompose(target -> {
                    requireFree(one, target, key(one), asked.from());
                    if (standing.climbs())
                        return attempt(one, asked, target, shown.entry(), who)
                                .thenApply(number -> new Approved(approvals, approvals, 0, number));
                    Recorded recorded = Recorded.read(shown.entry().recordBytes());
                    requireSame(standing, recorded.version());
                    Decider decider = standing.decider(shown.entry().source().model());
                    Memory memory = decider.agreed(recorded, one.state().remembered(), now());
                    String why =
                            "Agreed to by " + who + ": " + shown.entry().said().sentence();
                    PolicyState next = one.state().remembering(memory).asking(null);
                    boolean atOnce = standing.policy().action().strategy() == Action.Strategy.IMMEDIATE
                            && !HoldOut.applies(
                                    standing,
                                    one.app().view(),
                                    recorded.proposal().urgent());
                    return atOnce
                            ? release(one, asked, target, next, who, why)
                                    .thenApply(at -> new Approved(approvals, approvals, at, 0))
                            : rollOut(one, asked, target, next, who, why)
                                    .thenApply(number -> new Approved(approvals, approvals, 0, number));
                }));
    }

    private static void requireSame(Standing standing, String version) {
        if (!version.equals(standing.version()))
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    "The policy was changed since (expected: wait for what it asks for now).");
    }

    /** The key of what waits for a person, or is tried. */
    private static String key(TuneView.One one) {
        DecisionEntry.Said last = one.state().last();
        return one.state().climbs() && last != null
                ? last.key()
                : one.standing().key();
    }

    /** Begins the trial that a climb asked for; what it may take for all if it wins was asked for too. */
    private CompletableFuture<Long> attempt(
            TuneView.One one, PolicyState.Asked asked, Standing.Target target, DecisionEntry entry, String who) {
        ClimbDecision recorded = ClimbDecision.read(entry.recordBytes());
        requireSame(one.standing(), recorded.version());
        ClimbMemory memory = recorded.after().trying(now());
        String why = "Agreed to by " + who + ": " + entry.said().sentence();
        FileBatch.Item item = Releases.item(target, recorded.key(), asked.to());
        RolloutRequest.Load load = Releases.load(item, number -> {
            PolicyState after = one.state()
                    .remembering(memory)
                    .asking(null)
                    .moving(new PolicyState.Moving(
                            number, asked.decision(), asked.from(), asked.to(), recorded.version()));
            return agreed(one, asked, after, who, why, 0);
        });
        RolloutRequest request = Trials.request(
                one.standing(), one.app().present().all(), recorded.tick().trial(), Releases.message(why));
        return ground.rollouts()
                .startByPolicy(one.standing().id().environment(), request, load, who)
                .thenApply(record -> record.number());
    }

    private CompletableFuture<Long> release(
            TuneView.One one,
            PolicyState.Asked asked,
            Standing.Target target,
            PolicyState next,
            String who,
            String why) {
        long now = now();
        Draft draft = new Draft(who, Releases.message(why), now, Draft.ANY_BASE).byPolicy();
        return ground.releases()
                .plan(target, one.standing().key(), asked.to(), draft, false)
                .thenCompose(planned -> {
                    long release = planned.releases().get(0);
                    PolicyState.Verifying before = next.verifying();
                    PolicyState after = next.expecting(asked.to())
                            .verifying(
                                    before == null
                                            ? new PolicyState.Verifying(
                                                    now, now, asked.from(), List.of(asked.decision()))
                                            : before.and(asked.decision(), now));
                    Writing writing = agreed(one, asked, after, who, why, release)
                            .when(planned.compares())
                            .write(planned.operations());
                    return done(writing).thenApply(at -> release);
                });
    }

    private CompletableFuture<Long> rollOut(
            TuneView.One one,
            PolicyState.Asked asked,
            Standing.Target target,
            PolicyState next,
            String who,
            String why) {
        FileBatch.Item item = Releases.item(target, one.standing().key(), asked.to());
        RolloutRequest.Load load = Releases.load(item, number -> {
            PolicyState after =
                    next.moving(PolicyState.Moving.change(number, asked.decision(), asked.from(), asked.to()));
            return agreed(one, asked, after, who, why, 0);
        });
        var request = Releases.rollout(
                one.standing(), one.app().present().all(), one.app().view(), Releases.message(why));
        return ground.rollouts()
                .startByPolicy(one.standing().id().environment(), request, load, who)
                .thenApply(record -> record.number());
    }

    private Writing agreed(
            TuneView.One one, PolicyState.Asked asked, PolicyState next, String who, String why, long release) {
        PolicyId id = one.standing().id();
        OutcomeEntry outcome = new OutcomeEntry(OutcomeEntry.What.APPROVED, now(), who, why, release);
        return guarded(one, next)
                .when(one.app().survey().stillFree(id, key(one)))
                .put(TuneKeys.outcome(id, asked.decision(), OutcomeEntry.What.APPROVED), outcome.encode())
                .write(audited(who, "tune.approve", one, why));
    }

    /** What forbids a person's yes as it forbids automation: switches, pins, freezes, rollouts, and a value that moved on. */
    private void requireFree(TuneView.One one, Standing.Target target, String key, String from) {
        long now = now();
        Survey survey = one.app().survey();
        Standing standing = one.standing();
        require(survey.killed(standing.id(), now), "Automation is switched off: ");
        require(survey.pinned(standing.id(), key, now), "The key is pinned: ");
        require(standing.policy().frozen(now), "Changes are frozen: ");
        require(one.app().view().frozen(now), "Changes are frozen: ");
        require(one.app().view().busy(), "Another change is in progress: ");
        String value = target.setting(key).map(Setting::text).orElse("");
        if (!value.equals(from))
            throw new AttuneException(ErrorCode.CONFLICT, key + " is " + value + " by now (expected: " + from + ")");
    }

    private static void require(String held, String what) {
        if (!held.isEmpty()) throw new AttuneException(ErrorCode.FAILED_PRECONDITION, what + held + ".");
    }

    CompletableFuture<Void> reject(PolicyId id, long number, String who, String reason) {
        return views.one(id).thenCompose(one -> {
            PolicyState.Asked asked = asked(one, number);
            String value = asked.to();
            // As if it had been tried: the same wish does not come again at the next tick.
            PolicyState barred = one.state().barred(key(one), Setting.of(value), Setting.of(asked.from()), now());
            OutcomeEntry outcome = new OutcomeEntry(
                    OutcomeEntry.What.REJECTED,
                    now(),
                    who,
                    "Declined by " + who + (reason.isEmpty() ? "." : ": " + reason),
                    0);
            Writing writing = guarded(one, barred.asking(null))
                    .put(TuneKeys.outcome(id, number, OutcomeEntry.What.REJECTED), outcome.encode())
                    .write(audited(who, "tune.reject", one, outcome.sentence()));
            return done(writing).thenAccept(at -> {});
        });
    }

    /** Takes a change back; completes with the release that did it, 0 when a rollout goes back by itself. */
    CompletableFuture<Long> revert(PolicyId id, long number, String who, String reason) {
        return views.one(id).thenCompose(one -> views.decision(id, number).thenCompose(shown -> {
            PolicyState.Moving moving = one.state().moving();
            if (moving != null && moving.decision() == number) return abort(id, moving, who, reason);
            String from = shown.entry().said().from();
            String to = shown.entry().said().to();
            boolean made = shown.entry().made().release() > 0
                    || shown.entry().made().rollout() > 0
                    || shown.outcomes().stream().anyMatch(each -> each.what() == OutcomeEntry.What.APPROVED);
            if (!made || from.equals(to))
                throw new AttuneException(ErrorCode.FAILED_PRECONDITION, "Decision " + number + " changed nothing.");
            return views.target(one).thenCompose(target -> {
                String value = target.setting(shown.entry().said().key())
                        .map(Setting::text)
                        .orElse("");
                if (!value.equals(to))
                    throw new AttuneException(
                            ErrorCode.CONFLICT,
                            shown.entry().said().key() + " is " + value + " by now (expected: " + to
                                    + "; set it by hand)");
                return back(one, shown.entry(), target, who, reason);
            });
        }));
    }

    private CompletableFuture<Long> abort(PolicyId id, PolicyState.Moving moving, String who, String reason) {
        Command abort = new Command(Command.Kind.ABORT, who, reason);
        return ground.rollouts()
                .command(id.environment(), moving.rollout(), abort)
                .thenApply(record -> 0L);
    }

    private CompletableFuture<Long> back(
            TuneView.One one, DecisionEntry entry, Standing.Target target, String who, String reason) {
        PolicyId id = one.standing().id();
        String from = entry.said().from();
        String key = entry.said().key();
        String sentence = who + " takes " + key + " back from " + entry.said().to() + " to " + from
                + (reason.isEmpty() ? "." : ", as " + reason + ".");
        Draft draft = new Draft(who, Releases.message(sentence), now(), Draft.ANY_BASE).byPolicy();
        return ground.releases().plan(target, key, from, draft, false).thenCompose(planned -> {
            long release = planned.releases().get(0);
            PolicyState next = one.state()
                    .rolledBack(entry.said().key(), Setting.of(entry.said().to()), Setting.of(from), now())
                    .expecting(from)
                    .verifying(null)
                    .asking(null);
            OutcomeEntry outcome = new OutcomeEntry(OutcomeEntry.What.REVERTED, now(), who, sentence, release);
            Writing writing = guarded(one, next)
                    .when(planned.compares())
                    .write(planned.operations())
                    .put(TuneKeys.outcome(id, entry.number(), OutcomeEntry.What.REVERTED), outcome.encode())
                    .write(audited(who, "tune.revert", one, sentence));
            return done(writing).thenApply(at -> release);
        });
    }

    /** Holds a policy; 0 milliseconds hold it until it is resumed. */
    CompletableFuture<Hold> pause(PolicyId id, String who, long forMillis, String why) {
        Hold hold = hold(who, forMillis, why);
        return views.one(id).thenCompose(one -> {
            Writing writing = new Writing()
                    .put(TuneKeys.pause(id), hold.encode())
                    .write(audited(who, "tune.pause", one, hold.words()));
            return done(writing).thenApply(at -> hold);
        });
    }

    /** Lets a policy go on, and trusts it again when it was tripped. */
    CompletableFuture<Void> resume(PolicyId id, String who) {
        return views.one(id).thenCompose(one -> {
            Writing writing = new Writing()
                    .write(Operation.Delete.of(TuneKeys.pause(id)))
                    .write(audited(who, "tune.resume", one, ""));
            if (!one.state().tripped().isEmpty()) {
                PolicyState next = one.state().trustedAgain();
                writing.when(one.app().survey().unchanged(TuneKeys.state(id))).put(TuneKeys.state(id), next.encode());
            }
            return done(writing).thenAccept(at -> {});
        });
    }

    /** Keeps a key from automation. */
    CompletableFuture<Hold> pin(
            String environment, String application, String key, String who, long forMillis, String why) {
        Hold hold = hold(who, forMillis, why);
        Writing writing = new Writing()
                .put(TuneKeys.pin(environment, application, key), hold.encode())
                .write(ground.audit()
                        .record(who, "tune.pin", environment + "/" + application + " " + key, hold.words()));
        return done(writing).thenApply(at -> hold);
    }

    CompletableFuture<Void> unpin(String environment, String application, String key, String who) {
        Writing writing = new Writing()
                .write(Operation.Delete.of(TuneKeys.pin(environment, application, key)))
                .write(ground.audit().record(who, "tune.unpin", environment + "/" + application + " " + key, ""));
        return done(writing).thenAccept(at -> {});
    }

    /** Switches automation off: of the cluster, an environment, an application; or on again, without a hold. */
    CompletableFuture<Void> killSwitch(String environment, String application, String who, @Nullable Hold hold) {
        var key = TuneKeys.killSwitch(environment, application);
        Writing writing = new Writing();
        if (hold == null) writing.write(Operation.Delete.of(key));
        else writing.put(key, hold.encode());
        writing.write(ground.audit()
                .record(
                        who,
                        hold == null ? "tune.switch-on" : "tune.switch-off",
                        TuneKeys.placeOfSwitch(key),
                        hold == null ? "" : hold.words()));
        return done(writing).thenAccept(at -> {});
    }

    /** The switches that are set, by where they hold. */
    CompletableFuture<Map<String, Hold>> killSwitches() {
        return ground.reads()
                .range(TuneKeys.killSwitches(), ReadLevel.LINEARIZABLE)
                .thenApply(found -> {
                    Map<String, Hold> set = new TreeMap<>();
                    found.forEach(each -> set.put(TuneKeys.placeOfSwitch(each.key()), Hold.decode(each.value())));
                    return set;
                });
    }

    /** The pins of an application, by key. */
    CompletableFuture<Map<String, Hold>> pins(String environment, String application) {
        return ground.reads()
                .range(TuneKeys.pins(environment, application), ReadLevel.LINEARIZABLE)
                .thenApply(found -> {
                    Map<String, Hold> set = new TreeMap<>();
                    found.forEach(each -> {
                        Hold hold = Hold.decode(each.value());
                        if (hold.holds(now())) set.put(TuneKeys.pinned(each.key()), hold);
                    });
                    return set;
                });
    }

    Hold hold(String who, long forMillis, String why) {
        return new Hold(who, now(), forMillis == 0 ? 0 : now() + forMillis, why);
    }

    private Writing guarded(TuneView.One one, PolicyState next) {
        var key = TuneKeys.state(one.standing().id());
        return new Writing().when(one.app().survey().unchanged(key)).put(key, next.encode());
    }

    private Operation audited(String who, String action, TuneView.One one, String detail) {
        return ground.audit().record(who, action, one.standing().id().toString(), detail);
    }

    private CompletableFuture<Long> done(Writing writing) {
        return ground.reads().run(writing.txn()).thenApply(done -> {
            if (!done.succeeded())
                throw new AttuneException(ErrorCode.CONFLICT, "The policy went on meanwhile (expected: repeat).");
            return done.revision();
        });
    }

    private long now() {
        return ground.clock().millis();
    }
}
