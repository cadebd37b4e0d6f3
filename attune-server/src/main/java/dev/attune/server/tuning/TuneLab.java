package dev.attune.server.tuning;

import dev.attune.config.edit.KeyEdits;
import dev.attune.config.format.Documents;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.policies.PolicyTexts;
import dev.attune.tuning.backtest.Backtest;
import dev.attune.tuning.backtest.ProfileSamples;
import dev.attune.tuning.control.Model;
import dev.attune.tuning.control.Setting;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.policy.Method;
import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.SignalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Tries policies against what was measured, and learns models from it. Only where signals are kept, which is the leader; any
 * other node fails with {@code NOT_LEADER}.
 */
final class TuneLab {
    private static final int RELEASES_MAX = 200;
    private static final long INGEST_MILLIS = 20_000;
    private static final int DELAY_MAX = 100;

    private final Ground ground;
    private final TuneView views;
    private final PolicyTexts texts;

    TuneLab(Ground ground, TuneView views, PolicyTexts texts) {
        this.ground = ground;
        this.views = views;
        this.texts = texts;
    }

    /** A policy, and what it would have done. */
    record Tried(String policy, Backtest.Report report) {}

    /** Tries the tuning policies of a text over the last {@code sinceMillis}. */
    CompletableFuture<List<Tried>> backtest(Coordinate place, String text, long sinceMillis) {
        requireSignals();
        List<TuningPolicy> policies = texts.read(place, text).stream()
                .filter(TuningPolicy.class::isInstance)
                .map(TuningPolicy.class::cast)
                .toList();
        List<Tried> tried = new ArrayList<>();
        CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
        for (TuningPolicy each : policies)
            chain = chain.thenCompose(done -> one(place, each, sinceMillis))
                    .thenAccept(report -> tried.add(new Tried(each.metadata().name(), report)));
        return chain.thenApply(done -> tried);
    }

    private CompletableFuture<Backtest.Report> one(Coordinate place, TuningPolicy policy, long sinceMillis) {
        PolicyId id = new PolicyId(
                place.environment(), place.application(), policy.metadata().name());
        Standing standing = new Standing(id, policy, place, 1, "0".repeat(64));
        long now = ground.clock().millis();
        return Survey.read(ground.reads(), ReadLevel.STALE).thenCompose(survey -> AppView.read(
                        ground.reads(), place.environment(), place.application(), ReadLevel.STALE)
                .thenCompose(view -> target(standing, view))
                .thenCompose(target -> {
                    Decider decider = decider(standing, survey);
                    Setting start = target.setting(standing.key()).orElseThrow(() -> absent(standing));
                    Backtest.Span span = new Backtest.Span(Math.max(0, now - sinceMillis), now);
                    return ground.signals()
                            .ask(
                                    place.environment(),
                                    place.application(),
                                    (store, fleet) -> Backtest.run(
                                            policy,
                                            decider,
                                            new SignalQuery(
                                                    store,
                                                    fleet,
                                                    policy.rhythm().quality(),
                                                    now),
                                            value -> with(target, standing.key(), value)
                                                    .facts(now, Long.MIN_VALUE),
                                            start,
                                            span));
                }));
    }

    private static Decider decider(Standing standing, Survey survey) {
        try {
            return standing.decider(survey.profile(standing.id()).orElse(null));
        } catch (IllegalArgumentException e) {
            throw new AttuneException(ErrorCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()), e);
        }
    }

    /** The file as it would be with another value. */
    private static Standing.Target with(Standing.Target target, String key, Setting value) {
        return new Standing.Target(
                target.file(),
                target.release(),
                target.since(),
                target.author(),
                target.kind(),
                KeyEdits.set(target.file().file(), target.text(), key, value.text()));
    }

    private CompletableFuture<Standing.Target> target(Standing standing, AppView view) {
        return view.present(standing.target())
                .map(pointer -> Standing.Target.of(ground.shelf(), standing.target(), pointer))
                .orElseThrow(
                        () -> new AttuneException(ErrorCode.NOT_FOUND, "There is no file " + standing.target() + "."));
    }

    private static AttuneException absent(Standing standing) {
        return new AttuneException(
                ErrorCode.NOT_FOUND, "There is no key " + standing.key() + " in " + standing.target() + ".");
    }

    /**
     * Learns a goal policy's model from the values that its key has had while signals were kept.
     *
     * @param tried the values that some instances had, when; empty for those that the file's releases gave to all
     */
    CompletableFuture<Profile> profile(PolicyId id, List<ProfileSamples.Held> tried, String who) {
        requireSignals();
        return views.one(id).thenCompose(one -> {
            Standing standing = one.standing();
            if (!(standing.policy().method() instanceof Method.ByGoal goal))
                throw new AttuneException(ErrorCode.FAILED_PRECONDITION, "Only policies with a goal have a profile.");
            return views.target(one).thenCompose(target -> held(standing, target, tried)
                    .thenCompose(held -> measured(standing, goal, target, held))
                    .thenCompose(samples -> {
                        Model.Profile fitted = fit(goal, samples, delay(standing.policy()));
                        Profile profile = new Profile(
                                DecisionEntry.Measured.of(fitted.model()),
                                ground.clock().millis(),
                                who,
                                samples.size(),
                                fitted.r2(),
                                fitted.spearman());
                        Writing writing = new Writing()
                                .put(TuneKeys.profile(id), profile.encode())
                                .write(ground.audit()
                                        .record(
                                                who,
                                                "tune.profile",
                                                id.toString(),
                                                "gain " + fitted.model().gain()));
                        return ground.reads().run(writing.txn()).thenApply(done -> profile);
                    }));
        });
    }

    private CompletableFuture<List<Model.Sample>> measured(
            Standing standing, Method.ByGoal goal, Standing.Target target, List<ProfileSamples.Held> held) {
        long now = ground.clock().millis();
        TuningPolicy policy = standing.policy();
        return ground.signals()
                .ask(
                        standing.id().environment(),
                        standing.id().application(),
                        (store, fleet) -> ProfileSamples.samples(
                                goal.metric(),
                                new SignalQuery(store, fleet, policy.rhythm().quality(), now),
                                target.facts(now, Long.MIN_VALUE),
                                held,
                                policy.rhythm().tickMillis()));
    }

    private CompletableFuture<List<ProfileSamples.Held>> held(
            Standing standing, Standing.Target target, List<ProfileSamples.Held> tried) {
        if (!tried.isEmpty()) return CompletableFuture.completedFuture(tried);
        return views.releases(standing.target(), target.release(), RELEASES_MAX)
                .thenApply(releases -> held(standing, releases, ground.clock().millis()));
    }

    private static List<ProfileSamples.Held> held(Standing standing, List<Release> releases, long now) {
        List<ProfileSamples.Held> held = new ArrayList<>();
        for (int i = 0; i < releases.size(); i++) {
            Release each = releases.get(i);
            Map<String, String> keys = Documents.keys(standing.target().file(), each.text());
            String value = keys == null ? null : keys.get(standing.key());
            if (value == null || !Setting.of(value).isNumber()) continue;
            long until = i + 1 < releases.size() ? releases.get(i + 1).timeMillis() : now;
            held.add(new ProfileSamples.Held(Setting.of(value).number(), each.timeMillis(), until));
        }
        return held;
    }

    private static Model.Profile fit(Method.ByGoal goal, List<Model.Sample> samples, int delayTicks) {
        try {
            return Model.fit(samples, goal.goal().log(), delayTicks);
        } catch (IllegalArgumentException e) {
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION,
                    e.getMessage() + "; set the key to a few values and leave each for some windows",
                    e);
        }
    }

    /** Ticks until a change shows: the way to the instances and back, and half of what the metric looks over. */
    private static int delay(TuningPolicy policy) {
        long millis = INGEST_MILLIS + policy.warmUpMillis() / 2;
        long tick = policy.rhythm().tickMillis();
        return (int) Math.min(DELAY_MAX, (millis + tick - 1) / tick);
    }

    private void requireSignals() {
        if (ground.signals().sinceMillis() == Long.MAX_VALUE)
            throw new AttuneException(ErrorCode.NOT_LEADER, "This node keeps no signals (expected: ask the leader).");
    }
}
