package dev.attune.server.tuning;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.tuning.decision.ClimbDecision;
import dev.attune.tuning.decision.Decider;
import dev.attune.tuning.decision.Memory;
import dev.attune.tuning.decision.Outcome;
import dev.attune.tuning.decision.Replay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Shows policies and what they decided. Any node serves any call; never blocks. */
final class TuneView {
    /** Most decisions that are looked at for one answer. */
    static final int LOOKED_AT_MAX = 2_000;

    private static final int PAGE = 200;
    /** Nothing was wanted, or nothing new. */
    private static final Set<String> QUIET =
            Set.of(Outcome.NOTHING.name(), ClimbDecision.Step.WATCH.name(), ClimbDecision.Step.REST.name());

    private final Reads reads;
    private final PolicyShelf shelf;

    TuneView(Reads reads, PolicyShelf shelf) {
        this.reads = reads;
        this.shelf = shelf;
    }

    /**
     * An application's policies, with what they rest on.
     */
    record App(Survey survey, AppView view, TuningHost.Present present) {
        Optional<Standing> find(String policy) {
            return present.standing().stream()
                    .filter(each -> each.id().name().equals(policy))
                    .findFirst();
        }
    }

    /** One policy with its application. */
    record One(App app, Standing standing, PolicyState state) {}

    /** Those of an environment, an application at a time. */
    CompletableFuture<List<App>> list(String environment) {
        return Survey.read(reads, ReadLevel.LINEARIZABLE).thenCompose(survey -> {
            Map<String, List<Coordinate>> byApplication = new TreeMap<>();
            for (Coordinate each : survey.sources())
                if (each.environment().equals(environment))
                    byApplication
                            .computeIfAbsent(each.application(), none -> new ArrayList<>())
                            .add(each);
            List<App> apps = new ArrayList<>();
            CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
            for (Map.Entry<String, List<Coordinate>> each : byApplication.entrySet())
                chain = chain.thenCompose(done -> app(survey, environment, each.getKey(), each.getValue()))
                        .thenAccept(apps::add);
            return chain.thenApply(done -> apps);
        });
    }

    private CompletableFuture<App> app(
            Survey survey, String environment, String application, List<Coordinate> sources) {
        return AppView.read(reads, environment, application, ReadLevel.STALE)
                .thenCompose(view ->
                        TuningHost.policies(shelf, view, sources).thenApply(present -> new App(survey, view, present)));
    }

    /** One policy. Fails with {@code NOT_FOUND}. */
    CompletableFuture<One> one(PolicyId id) {
        return Survey.read(reads, ReadLevel.LINEARIZABLE).thenCompose(survey -> {
            List<Coordinate> sources = survey.sources().stream()
                    .filter(each -> each.environment().equals(id.environment())
                            && each.application().equals(id.application()))
                    .toList();
            return app(survey, id.environment(), id.application(), sources).thenApply(app -> {
                Standing standing = app.find(id.name())
                        .orElseThrow(() -> new AttuneException(
                                ErrorCode.NOT_FOUND,
                                "There is no policy " + id.name() + " of " + id.environment() + "/" + id.application()
                                        + "."));
                PolicyState state = survey.state(id)
                        .orElseGet(() -> PolicyState.fresh(
                                Memory.start(standing.policy().rhythm().changesPerHour(), 0)));
                return new One(app, standing, state);
            });
        });
    }

    /** The key's file as it stands. Fails with {@code NOT_FOUND}. */
    CompletableFuture<Standing.Target> target(One one) {
        Coordinate file = one.standing().target();
        return one.app()
                .view()
                .present(file)
                .map(pointer -> Standing.Target.of(shelf, file, pointer))
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.NOT_FOUND, "There is no file " + file + ".")));
    }

    /** A decision and what became of it. */
    record Shown(DecisionEntry entry, List<OutcomeEntry> outcomes) {}

    /** One decision. Fails with {@code NOT_FOUND}. */
    CompletableFuture<Shown> decision(PolicyId id, long number) {
        return reads.one(TuneKeys.decision(id, number), ReadLevel.LINEARIZABLE).thenCompose(found -> {
            DecisionEntry entry = found.map(each -> DecisionEntry.decode(each.value()))
                    .orElseThrow(() -> new AttuneException(
                            ErrorCode.NOT_FOUND, "There is no decision " + number + " of policy " + id.name() + "."));
            return outcomes(id, number, number + 1)
                    .thenApply(all -> new Shown(entry, all.getOrDefault(number, List.of())));
        });
    }

    /**
     * Decisions with numbers below {@code before}, newest first.
     *
     * @param before 0 to begin with the newest
     * @param quiet whether those that wanted nothing are listed too
     */
    CompletableFuture<List<Shown>> decisions(PolicyId id, long before, int limit, boolean quiet) {
        long end = before <= 0 ? Long.MAX_VALUE : before;
        return page(id, end, limit, quiet, new ArrayList<>(), 0);
    }

    private CompletableFuture<List<Shown>> page(
            PolicyId id, long end, int limit, boolean quiet, List<Shown> so, int looked) {
        return newest(id, end).thenCompose(newest -> {
            if (newest == 0 || so.size() >= limit || looked >= LOOKED_AT_MAX)
                return CompletableFuture.completedFuture(so);
            long from = Math.max(1, newest - PAGE + 1);
            return reads.range(TuneKeys.decisions(id, from, newest + 1), ReadLevel.STALE)
                    .thenCompose(found -> outcomes(id, from, newest + 1).thenCompose(all -> {
                        List<KeyValue> latest = new ArrayList<>(found);
                        Collections.reverse(latest);
                        for (KeyValue each : latest) {
                            DecisionEntry entry = DecisionEntry.decode(each.value());
                            boolean wanted =
                                    quiet || !QUIET.contains(entry.said().outcome());
                            if (wanted && so.size() < limit)
                                so.add(new Shown(entry, all.getOrDefault(entry.number(), List.of())));
                        }
                        return page(id, from, limit, quiet, so, looked + PAGE);
                    }));
        });
    }

    /** The number of the newest decision below {@code end}; 0 for none. */
    private CompletableFuture<Long> newest(PolicyId id, long end) {
        if (end != Long.MAX_VALUE) return CompletableFuture.completedFuture(end - 1);
        return reads.one(TuneKeys.state(id), ReadLevel.LINEARIZABLE).thenApply(found -> found.map(
                        each -> PolicyState.decode(each.value()).number())
                .orElse(0L));
    }

    private CompletableFuture<Map<Long, List<OutcomeEntry>>> outcomes(PolicyId id, long from, long to) {
        return reads.range(TuneKeys.outcomes(id, from, to), ReadLevel.STALE).thenApply(found -> {
            Map<Long, List<OutcomeEntry>> all = new TreeMap<>();
            for (KeyValue each : found) {
                String[] parts = each.key().toUtf8().split("/", -1);
                all.computeIfAbsent(Long.parseLong(parts[5]), none -> new ArrayList<>())
                        .add(OutcomeEntry.decode(each.value()));
            }
            return all;
        });
    }

    /** Whether the record is, to the bit, what the policy decides from what it recorded; nothing when its text is gone. */
    CompletableFuture<Optional<Boolean>> replays(PolicyId id, DecisionEntry entry) {
        Coordinate file = entry.source().coordinate(id);
        return shelf.page(file, entry.source().release())
                .thenApply(page -> Standing.in(page, file).stream()
                        .filter(each -> each.id().equals(id))
                        .findFirst()
                        .map(each -> {
                            if (each.climbs()) return ClimbDecision.replays(each.climber(), entry.recordBytes());
                            Decider decider = each.decider(entry.source().model());
                            return Replay.holds(decider, entry.recordBytes());
                        }))
                .exceptionally(failure -> Optional.empty());
    }

    /** The newest releases of a file, oldest first. */
    CompletableFuture<List<Release>> releases(Coordinate file, long latest, int limit) {
        KeyRange range = FileKeys.releases(file, Math.max(1, latest - limit + 1), latest + 1);
        return reads.found(Operation.Range.of(range), ReadLevel.STALE).thenApply(found -> found.keyValues().stream()
                .map(each -> StoredRelease.decode(each).release())
                .toList());
    }
}
