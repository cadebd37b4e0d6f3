package dev.attune.server.verdicts;

import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.plan.Strategy;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.rollouts.RolloutService.Seen;
import dev.attune.server.signals.Signals;
import dev.attune.tuning.policy.GuardSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the stages of guarded rollouts on the leader: once a step of the signals it looks at each that runs, and writes
 * what it thinks beside the rollout, together with what it rests on. The rollout's own coordinator acts on it.
 *
 * <p>What it remembers, such as when a stage began, is soft: another leader begins the stage's comparison anew, without
 * what was measured before, and so waits or has a person decide. Looks never overlap.
 */
public final class Judge {
    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

    private final Ground ground;
    private final Reads reads;
    private final Guards guards;
    private final RolloutTimes times;
    private final Map<String, Optional<List<GuardSpec>>> guarded = new HashMap<>();
    private final Map<String, StageWatch> watches = new HashMap<>();

    /**
     * What it stands on.
     *
     * @param unfinished the rollouts that run
     * @param workers runs what takes a moment
     */
    public record Ground(
            Reads reads,
            Signals signals,
            Supplier<CompletableFuture<List<Seen>>> unfinished,
            Executor workers,
            Clock clock) {}

    public Judge(Ground ground, Guards guards, RolloutTimes times) {
        this.ground = ground;
        this.reads = ground.reads();
        this.guards = guards;
        this.times = times;
    }

    /** Looks at every rollout that runs; to be called about once a second while this node leads. */
    public CompletableFuture<Void> look() {
        return ground.unfinished().get().thenCompose(all -> {
            forget(all);
            times.note(all, ground.clock().millis());
            CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
            for (Seen each : all)
                if (each.record().plan().strategy() instanceof Strategy.Progressive)
                    done = done.thenCompose(before -> look(each));
            return done;
        });
    }

    private static String name(RolloutRecord record) {
        return record.environment() + "/" + record.number();
    }

    private synchronized void forget(List<Seen> running) {
        Set<String> names = new HashSet<>();
        for (Seen each : running) names.add(name(each.record()));
        guarded.keySet().retainAll(names);
        watches.entrySet().removeIf(each -> {
            boolean over = !names.contains(each.getKey());
            if (over) each.getValue().close(ground.clock().millis());
            return over;
        });
    }

    private CompletableFuture<Void> look(Seen seen) {
        RolloutRecord record = seen.record();
        return guardsOf(record)
                .thenComposeAsync(
                        specs -> {
                            if (specs.isEmpty() || record.phase() != Phase.STAGE)
                                return CompletableFuture.<Void>completedFuture(null);
                            StageWatch watch;
                            synchronized (this) {
                                watch = watches.computeIfAbsent(
                                        name(record), none -> new StageWatch(ground.signals(), specs.get(), times));
                            }
                            Optional<StageWatch.Finding> finding =
                                    watch.look(seen, ground.clock().millis());
                            return finding.map(each -> write(seen, each))
                                    .orElseGet(() -> CompletableFuture.completedFuture(null));
                        },
                        ground.workers());
    }

    private synchronized CompletableFuture<Optional<List<GuardSpec>>> guardsOf(RolloutRecord record) {
        Optional<List<GuardSpec>> known = guarded.get(name(record));
        if (known != null) return CompletableFuture.completedFuture(known);
        return reads.one(RolloutKeys.guards(record.environment(), record.number()), ReadLevel.STALE)
                .thenApply(found -> {
                    Optional<List<GuardSpec>> specs =
                            found.map(KeyValue::value).map(each -> guards.read(each.toUtf8()));
                    synchronized (this) {
                        guarded.put(name(record), specs);
                    }
                    return specs;
                });
    }

    /** Only for the step that was looked at: the record is compared, so a verdict is never about another one. */
    private CompletableFuture<Void> write(Seen seen, StageWatch.Finding finding) {
        RolloutRecord record = seen.record();
        String environment = record.environment();
        Verdict verdict = finding.verdict();
        List<Operation> writes = new ArrayList<>();
        writes.add(Operation.Put.of(RolloutKeys.verdict(environment, record.number()), RecordCodec.encode(verdict)));
        writes.add(Operation.Put.of(
                RolloutKeys.evidence(environment, record.number(), record.step()), finding.evidence()));
        Operation.Txn txn = new Operation.Txn(
                List.of(Compare.modRevisionIs(RolloutKeys.record(environment, record.number()), seen.recordRevision())),
                writes,
                List.of());
        return reads.run(txn).handle((done, failure) -> {
            if (failure != null) LOG.debug("event=verdict-not-written", Problems.unwrap(failure));
            else if (verdict.judgement() != Verdict.Judgement.UNDECIDED)
                LOG.info(
                        "event=verdict rollout={} step={} judgement={} reason=\"{}\"",
                        record.number(),
                        record.step(),
                        verdict.judgement(),
                        verdict.reason().replace('"', '\''));
            return null;
        });
    }
}
