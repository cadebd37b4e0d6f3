package dev.attune.server.tuning;

import dev.attune.config.release.Pointer;
import dev.attune.consensus.LogStatus;
import dev.attune.model.AttuneException;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.policies.PolicyShelf;
import dev.attune.tuning.decision.Mode;
import dev.attune.tuning.policy.Policy;
import dev.attune.tuning.signal.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries policies out while this node leads: looks about once a second which are due, and decides each by what the keys
 * and the signals say. Keeps nothing that another leader would need: what a policy remembers lies in its state key, and is
 * written in the transaction of the decision (R10).
 */
final class TuningHost {
    private static final Logger LOG = LoggerFactory.getLogger(TuningHost.class);

    private final Ground ground;
    private final Fence fence;
    private final Supplier<LogStatus> status;

    TuningHost(Ground ground, Supplier<LogStatus> status) {
        this.ground = ground;
        this.fence = new Fence(ground.reads());
        this.status = status;
    }

    /** One look; never two at a time. */
    CompletableFuture<Void> turn() {
        LogStatus now = status.get();
        if (!now.isLeader()) return CompletableFuture.completedFuture(null);
        return Survey.read(ground.reads(), ReadLevel.STALE).thenCompose(survey -> {
            List<Coordinate> sources = survey.sources();
            if (sources.isEmpty()) return CompletableFuture.<Void>completedFuture(null);
            return fence.hold(survey, now.term(), ground.clock().millis()).thenCompose(held -> {
                if (held.isEmpty()) return CompletableFuture.<Void>completedFuture(null);
                return applications(new Turn(survey, held.get(), now.term(), fence.sinceMillis()), sources);
            });
        });
    }

    /**
     * One look as all its policies see it.
     *
     * @param fence that this node still leads
     * @param sinceMillis since when it leads
     */
    record Turn(Survey survey, Compare fence, long term, long sinceMillis) {}

    private CompletableFuture<Void> applications(Turn turn, List<Coordinate> sources) {
        Map<String, List<Coordinate>> byApplication = new TreeMap<>();
        for (Coordinate each : sources)
            byApplication
                    .computeIfAbsent(each.environment() + "/" + each.application(), none -> new ArrayList<>())
                    .add(each);
        CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
        for (List<Coordinate> each : byApplication.values())
            chain = chain.thenCompose(done -> application(turn, each)).exceptionally(failure -> {
                told(each.get(0).application(), failure);
                return null;
            });
        return chain;
    }

    private CompletableFuture<Void> application(Turn turn, List<Coordinate> sources) {
        Coordinate any = sources.get(0);
        return AppView.read(ground.reads(), any.environment(), any.application(), ReadLevel.STALE)
                .thenCompose(view -> policies(ground.shelf(), view, sources).thenCompose(present -> {
                    want(view, present.standing());
                    CompletableFuture<Void> chain = orphans(turn, view, present);
                    for (Standing each : present.standing())
                        chain = chain.thenCompose(done -> each.climbs()
                                        ? new ClimbTurn(ground, turn, view, present, each).run()
                                        : new PolicyTurn(ground, turn, view, present, each).run())
                                .exceptionally(failure -> {
                                    told(each.id().toString(), failure);
                                    return null;
                                });
                    return chain;
                }));
    }

    /** Trials of climbs that are there no more, or climb no more. */
    private CompletableFuture<Void> orphans(Turn turn, AppView view, Present present) {
        CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
        for (Map.Entry<PolicyId, PolicyState> each : turn.survey().states().entrySet()) {
            PolicyId id = each.getKey();
            PolicyState.Moving moving = each.getValue().moving();
            boolean here = id.environment().equals(view.environment())
                    && id.application().equals(view.application());
            if (!here || moving == null || moving.trial() == null) continue;
            if (present.standing().stream()
                    .anyMatch(one -> one.climbs() && one.id().equals(id))) continue;
            chain = chain.thenCompose(done -> ClimbTurn.orphaned(ground, turn, id, each.getValue()))
                    .exceptionally(failure -> {
                        told(id.toString(), failure);
                        return null;
                    });
        }
        return chain;
    }

    /**
     * The policies of an application.
     *
     * @param standing those that tune, each name once
     * @param all of them
     * @param problems of files that cannot be read, and of names that are taken
     */
    record Present(List<Standing> standing, List<Policy> all, List<String> problems) {}

    static CompletableFuture<Present> policies(PolicyShelf shelf, AppView view, List<Coordinate> sources) {
        Present present = new Present(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        TreeSet<String> names = new TreeSet<>();
        CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
        for (Coordinate file : sources) {
            Optional<Pointer> pointer = view.present(file);
            if (pointer.isEmpty()) continue;
            chain = chain.thenCompose(done -> shelf.page(file, pointer.get().stable()))
                    .thenAccept(page -> {
                        if (!page.problem().isEmpty()) present.problems().add(file + ": " + page.problem());
                        present.all().addAll(page.policies());
                        for (Standing each : Standing.in(page, file)) {
                            if (names.add(each.id().name())) present.standing().add(each);
                            else
                                present.problems()
                                        .add(file + ": another file has a policy "
                                                + each.id().name());
                        }
                    });
        }
        return chain.thenApply(done -> present);
    }

    private void want(AppView view, List<Standing> standing) {
        List<Selector> selectors = new ArrayList<>();
        for (Standing each : standing)
            if (each.policy().mode() != Mode.OFF) selectors.addAll(each.policy().selectors());
        ground.signals().want(view.environment(), view.application(), selectors);
    }

    private static void told(String what, Throwable failure) {
        Throwable cause = Problems.unwrap(failure);
        // What changed meanwhile, and what is away for a moment, is looked at again a second later.
        if (cause instanceof AttuneException) LOG.debug("event=tuning-turn-skipped of={}", what, cause);
        else LOG.warn("event=tuning-turn-failed of={}", what, cause);
    }
}
