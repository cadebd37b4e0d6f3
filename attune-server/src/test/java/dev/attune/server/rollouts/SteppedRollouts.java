package dev.attune.server.rollouts;

import dev.attune.config.instance.InstanceRecord;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.rollout.Directive;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.Surroundings;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.record.Asks;
import dev.attune.rollout.record.InstanceProgress;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.InstanceState;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.rollout.record.Verdict;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Moves rollouts on by hand: the real coordinator and the real transactions, with instances that answer at once. */
public final class SteppedRollouts {
    private final Reads reads;
    private final Clock clock;
    private final Moves moves;

    public SteppedRollouts(Reads reads, Audit audit, Clock clock) {
        this.reads = reads;
        this.clock = clock;
        this.moves = new Moves(reads, audit, clock, new RolloutMeters());
    }

    /**
     * Moves the rollouts of an environment on as far as they go now.
     *
     * @param silent instances that do not answer
     */
    public void settle(String environment, Set<String> silent) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (KeyValue each : range(Operation.Range.of(RolloutKeys.records(environment)))) {
                RolloutRecord record = RecordCodec.decodeRecord(each.value());
                if (record.phase().isEnd()) continue;
                moved |= answered(record, targets(record), silent);
                View view = new View(record, each.modRevision(), targets(record), around(record));
                Optional<Transition> next = Coordinator.step(view);
                if (next.isPresent())
                    moved |= moves.carryOut(view, next.get(), "rollout").join().succeeded();
            }
        }
    }

    /** What a judge says of the present step. */
    public void judge(String environment, long number, Verdict.Judgement judgement, String reason) {
        RolloutRecord record = record(environment, number);
        run(Operation.Put.of(
                RolloutKeys.verdict(environment, number),
                RecordCodec.encode(new Verdict(record.step(), judgement, 1, reason))));
    }

    public RolloutRecord record(String environment, long number) {
        return RecordCodec.decodeRecord(reads.one(RolloutKeys.record(environment, number), ReadLevel.LINEARIZABLE)
                .join()
                .orElseThrow()
                .value());
    }

    private boolean answered(RolloutRecord record, Map<InstanceRef, Target> targets, Set<String> silent) {
        boolean any = false;
        for (Map.Entry<InstanceRef, Target> each : targets.entrySet()) {
            if (silent.contains(each.getKey().id())) continue;
            Optional<Directive.Kind> asked =
                    Asks.of(record, each.getKey(), each.getValue().progress());
            if (asked.isEmpty()) continue;
            InstanceState state =
                    switch (asked.get()) {
                        case PREPARE -> InstanceState.ACCEPTED;
                        case STAGE -> InstanceState.PREPARED;
                        case COMMIT -> InstanceState.APPLIED;
                        case ABORT, REVERT -> InstanceState.REVERTED;
                    };
            run(Operation.Put.of(
                    RolloutKeys.instance(record.environment(), record.number(), each.getKey()),
                    RecordCodec.encode(new InstanceProgress(state, "", record.step(), clock.millis()))));
            any = true;
        }
        return any;
    }

    private SortedMap<InstanceRef, Target> targets(RolloutRecord record) {
        SortedMap<InstanceRef, Target> targets = new TreeMap<>();
        for (KeyValue each : range(Operation.Range.of(RolloutKeys.instances(record.environment(), record.number()))))
            if (RolloutKeys.parse(each.key()).orElseThrow() instanceof RolloutKeys.Address.OfInstance of)
                targets.put(of.instance(), new Target(RecordCodec.decodeProgress(each.value()), each.modRevision()));
        return targets;
    }

    private Surroundings around(RolloutRecord record) {
        SortedSet<InstanceRef> concerned = new TreeSet<>();
        String application = record.plan().files().get(0).file().application();
        for (KeyValue each : range(Operation.Range.of(InstanceRecord.all(record.environment(), application))))
            concerned.add(new InstanceRef(
                    application, InstanceRecord.decode(each.value()).spec().id()));
        Verdict verdict = reads.one(RolloutKeys.verdict(record.environment(), record.number()), ReadLevel.LINEARIZABLE)
                .join()
                .map(each -> RecordCodec.decodeVerdict(each.value()))
                .orElse(null);
        return new Surroundings(
                concerned,
                Map.of(),
                Math.max(0, clock.millis() - record.times().phaseMillis()),
                clock.millis(),
                moves.stands(record).join(),
                false,
                verdict);
    }

    private List<KeyValue> range(Operation.Range range) {
        return reads.found(range, ReadLevel.LINEARIZABLE).join().keyValues();
    }

    private void run(Operation write) {
        reads.run(new Operation.Txn(List.of(), List.of(write), List.of())).join();
    }
}
