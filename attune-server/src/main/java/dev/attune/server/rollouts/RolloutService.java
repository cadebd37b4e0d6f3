package dev.attune.server.rollouts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.config.release.Bound;
import dev.attune.config.release.Draft;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Hold;
import dev.attune.config.release.Pointer;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.wire.Decoder;
import dev.attune.model.wire.Encoder;
import dev.attune.rollout.coordinate.Command;
import dev.attune.rollout.coordinate.Coordinator;
import dev.attune.rollout.coordinate.Surroundings;
import dev.attune.rollout.coordinate.Target;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.plan.RolloutPlan;
import dev.attune.rollout.record.InstanceRef;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.audit.Audit;
import dev.attune.server.files.FileBatch;
import dev.attune.server.http.Json;
import dev.attune.server.http.Problems;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Starts rollouts, shows them, and does what people ask of them. Any node serves any call; never blocks. */
public final class RolloutService {
    private static final int ATTEMPTS_MAX = 64;

    private final Reads reads;
    private final FileBatch batch;
    private final Audit audit;
    private final Clock clock;
    private final Moves moves;
    private final Enrolment enrolment;

    RolloutService(Reads reads, FileBatch batch, Audit audit, Clock clock, Moves moves, Enrolment enrolment) {
        this.reads = reads;
        this.batch = batch;
        this.audit = audit;
        this.clock = clock;
        this.moves = moves;
        this.enrolment = enrolment;
    }

    /**
     * Writes the releases and the rollout in one transaction; the leader does the rest. Fails with {@code
     * FAILED_PRECONDITION} when nothing would change, or when another rollout moves a file and the request does not say
     * otherwise.
     */
    public CompletableFuture<RolloutRecord> start(String environment, RolloutRequest request, String who) {
        Webhooks.check(request.webhook());
        Asked asked = new Asked(environment, request, who, null);
        return holders(request).thenCompose(holders -> {
            if (holders.isEmpty() || request.taken() == RolloutRequest.Taken.REFUSE)
                return attempt(asked, Phase.PENDING, 1);
            CompletableFuture<Void> way = CompletableFuture.completedFuture(null);
            if (request.taken() == RolloutRequest.Taken.OVERRIDE)
                for (long each : holders) way = way.thenCompose(done -> override(environment, each, who));
            return way.thenCompose(done -> attempt(asked, Phase.QUEUED, 1));
        });
    }

    /**
     * The same for a policy: the releases are of its kind, and what {@code also} says of the rollout's number is compared
     * and written in the same transaction. Fails with {@code CONFLICT} when anything that it rests on has changed.
     */
    public CompletableFuture<RolloutRecord> startByPolicy(
            String environment, RolloutRequest request, String who, LongFunction<Bound> also) {
        return holders(request).thenCompose(holders -> {
            if (!holders.isEmpty())
                throw new AttuneException(ErrorCode.CONFLICT, "Rollout " + holders + " moves the file already.");
            return attempt(new Asked(environment, request, who, also), Phase.PENDING, 1);
        });
    }

    /** A rollout that was asked for; {@code also} is there when a policy asks. */
    private record Asked(String environment, RolloutRequest request, String who, @Nullable LongFunction<Bound> also) {}

    private CompletableFuture<Void> override(String environment, long number, String who) {
        return command(environment, number, new Command(Command.Kind.ABORT, who, "overridden by another rollout"))
                .handle((done, failure) -> {
                    // One that goes back or has ended already is out of the way soon.
                    return null;
                });
    }

    /** The rollouts that move one of the files. */
    private CompletableFuture<Set<Long>> holders(RolloutRequest request) {
        List<Bytes> keys = new ArrayList<>();
        for (FileBatch.Item each : request.items()) keys.add(FileKeys.pointer(each.file()));
        return reads.keys(keys, ReadLevel.LINEARIZABLE).thenApply(found -> {
            Set<Long> holders = new TreeSet<>();
            for (KeyValue each : found) {
                Hold hold = each == null ? null : Pointer.decode(each).hold();
                if (hold != null) holders.add(hold.rollout());
            }
            return holders;
        });
    }

    private CompletableFuture<RolloutRecord> attempt(Asked asked, Phase phase, int attempt) {
        String environment = asked.environment;
        RolloutRequest request = asked.request;
        return reads.one(RolloutKeys.count(environment), ReadLevel.LINEARIZABLE).thenCompose(counted -> {
            long number =
                    1 + counted.map(each -> new Decoder(each.value()).varint()).orElse(0L);
            long now = clock.millis();
            LongFunction<Bound> also = asked.also;
            Draft plain = new Draft(asked.who, request.message(), now, Draft.ANY_BASE)
                    .by(phase == Phase.QUEUED ? Draft.WAITING : number);
            Draft draft = also == null ? plain : plain.byPolicy();
            // Whether a policy may release now was decided before, with the rules of the environment.
            CompletableFuture<FileBatch.Planned> plans =
                    also == null ? batch.planDirect(request.items(), draft) : batch.plan(request.items(), draft);
            return plans.thenCompose(planned -> {
                RolloutPlan plan = new RolloutPlan(
                        files(request.items(), planned),
                        request.strategy(),
                        asked.who,
                        request.message(),
                        request.webhook(),
                        request.lostAfterMillis());
                RolloutRecord record = RolloutRecord.created(number, plan, phase, now);
                Bound more = also == null ? Bound.NOTHING : also.apply(number);
                Operation.Txn txn = txn(
                        record, planned, counted.map(KeyValue::modRevision).orElse(0L), guarded(record, request, more));
                return reads.run(txn).thenCompose(done -> {
                    if (done.succeeded()) return CompletableFuture.completedFuture(record);
                    if (also != null || attempt >= ATTEMPTS_MAX)
                        throw new AttuneException(
                                also == null ? ErrorCode.OVERLOADED : ErrorCode.CONFLICT,
                                "Others changed the files meanwhile.");
                    return attempt(asked, phase, attempt + 1);
                });
            });
        });
    }

    private static List<FileMove> files(List<FileBatch.Item> items, FileBatch.Planned planned) {
        List<FileMove> files = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            FileBatch.Item item = items.get(i);
            long after = planned.releases().get(i);
            if (after != item.base()) files.add(new FileMove(item.file(), item.base(), after));
        }
        if (files.isEmpty())
            throw new AttuneException(
                    ErrorCode.FAILED_PRECONDITION, "Nothing to roll out: the texts are current already.");
        return files;
    }

    /** With the guards that its stages are judged by. */
    private static Bound guarded(RolloutRecord record, RolloutRequest request, Bound more) {
        if (request.guards().isEmpty()) return more;
        return more.with(Operation.Put.of(
                RolloutKeys.guards(record.environment(), record.number()), Bytes.utf8(request.guards())));
    }

    private Operation.Txn txn(RolloutRecord record, FileBatch.Planned planned, long countRevision, Bound more) {
        String environment = record.environment();
        List<Compare> compares = new ArrayList<>(planned.compares());
        compares.addAll(more.compares());
        compares.add(Compare.modRevisionIs(RolloutKeys.count(environment), countRevision));
        List<Operation> writes = new ArrayList<>(planned.operations());
        writes.add(Operation.Put.of(
                RolloutKeys.count(environment),
                new Encoder(10).varint(record.number()).toBytes()));
        writes.add(Operation.Put.of(RolloutKeys.record(environment, record.number()), RecordCodec.encode(record)));
        writes.add(audit.record(
                record.plan().author(),
                "rollout.start",
                environment + "/rollout " + record.number(),
                record.plan().message()));
        writes.addAll(more.operations());
        return new Operation.Txn(compares, writes, List.of());
    }

    /**
     * A rollout with its targets, at one revision.
     *
     * @param record as it stands
     * @param targets by application and id
     */
    public record Seen(RolloutRecord record, long recordRevision, Map<InstanceRef, Target> targets) {}

    /** One rollout. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<Seen> get(String environment, long number) {
        Operation.Range record = Operation.Range.of(KeyRange.key(RolloutKeys.record(environment, Math.max(1, number))));
        return reads.found(record, ReadLevel.LINEARIZABLE).thenCompose(found -> {
            if (found.keyValues().isEmpty()) throw absent(environment, number);
            KeyValue stored = found.keyValues().get(0);
            Operation.Range targets = Operation.Range.of(RolloutKeys.instances(environment, number))
                    .atRevision(found.revision());
            return reads.found(targets, ReadLevel.atLeast(found.revision())).thenApply(read -> {
                TreeMap<InstanceRef, Target> instances = new TreeMap<>();
                for (KeyValue each : read.keyValues())
                    RolloutKeys.parse(each.key()).ifPresent(address -> {
                        if (address instanceof RolloutKeys.Address.OfInstance target)
                            instances.put(
                                    target.instance(),
                                    new Target(RecordCodec.decodeProgress(each.value()), each.modRevision()));
                    });
                return new Seen(RecordCodec.decodeRecord(stored.value()), stored.modRevision(), instances);
            });
        });
    }

    /** What was seen of the stages of a rollout that is judged, by step. */
    CompletableFuture<List<JsonNode>> evidence(RolloutRecord record) {
        return reads.range(RolloutKeys.evidence(record.environment(), record.number()), ReadLevel.STALE)
                .thenApply(found ->
                        found.stream().map(each -> Json.tree(each.value())).toList());
    }

    private static AttuneException absent(String environment, long number) {
        return new AttuneException(ErrorCode.NOT_FOUND, "There is no rollout " + number + " in " + environment + ".");
    }

    /** The rollouts of an environment, newest first. */
    public CompletableFuture<List<RolloutRecord>> list(String environment) {
        return reads.range(RolloutKeys.records(environment), ReadLevel.LINEARIZABLE)
                .thenApply(all -> {
                    List<RolloutRecord> records = new ArrayList<>();
                    for (KeyValue each : all) records.add(RecordCodec.decodeRecord(each.value()));
                    Collections.reverse(records);
                    return records;
                });
    }

    /** Connected instances that are concerned and are not asked, because they understand no directives. */
    public CompletableFuture<Set<InstanceRef>> silent(RolloutRecord record) {
        return enrolment.of(record).thenApply(Enrolment.Concerned::silent);
    }

    /** Does what someone asks; completes with the rollout as it stands after. */
    public CompletableFuture<RolloutRecord> command(String environment, long number, Command command) {
        return command(environment, number, command, 1);
    }

    private CompletableFuture<RolloutRecord> command(String environment, long number, Command command, int attempt) {
        return get(environment, number).thenCompose(seen -> {
            View view = new View(seen.record, seen.recordRevision, new TreeMap<>(seen.targets), around());
            Transition transition = Coordinator.command(view, command);
            return moves.carryOut(view, transition, command.author())
                    .handle((done, failure) -> ended(done, failure))
                    .thenCompose(succeeded -> {
                        if (succeeded && transition instanceof Transition.Move move)
                            return CompletableFuture.completedFuture(move.next());
                        if (attempt >= ATTEMPTS_MAX)
                            throw new AttuneException(ErrorCode.OVERLOADED, "The rollout moved on meanwhile.");
                        return command(environment, number, command, attempt + 1);
                    });
        });
    }

    /** Whether it was done; a conflict is looked at again, anything else is a failure. */
    private static boolean ended(Reads.@Nullable Done done, @Nullable Throwable failure) {
        if (failure == null) return done != null && done.succeeded();
        Throwable cause = Problems.unwrap(failure);
        if (cause instanceof AttuneException known && known.code() == ErrorCode.CONFLICT) return false;
        if (cause instanceof RuntimeException known) throw known;
        throw new IllegalStateException(cause);
    }

    private Surroundings around() {
        return new Surroundings(Collections.emptySortedSet(), Map.of(), 0, clock.millis(), List.of(), false, null);
    }

    /** The base of an item that names none: what is current. */
    CompletableFuture<Long> current(Coordinate file) {
        return reads.one(FileKeys.pointer(file), ReadLevel.LINEARIZABLE)
                .thenApply(
                        found -> found.map(Pointer::decode).map(Pointer::stable).orElse(0L));
    }
}
