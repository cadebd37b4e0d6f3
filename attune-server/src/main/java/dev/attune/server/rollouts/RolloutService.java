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
import dev.attune.server.policies.PolicyRollout;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Starts rollouts, shows them, and does what people ask of them. Any node serves any call; never blocks. */
public final class RolloutService {
    private static final int ATTEMPTS_MAX = 64;

    private final Reads reads;
    private final FileBatch batch;
    private final Audit audit;
    private final Clock clock;
    private final Moves moves;
    private final Around around;

    /** Tells when a rollout is moved next; see {@link RolloutNode#moved}. */
    @FunctionalInterface
    interface Follow {
        CompletableFuture<Void> moved(RolloutId id, long millis);
    }

    /** What of the node's rollouts it asks. */
    record Around(Enrolment enrolment, Follow follow, GuardCheck guards) {}

    RolloutService(Reads reads, FileBatch batch, Audit audit, Clock clock, Moves moves, Around around) {
        this.reads = reads;
        this.batch = batch;
        this.audit = audit;
        this.clock = clock;
        this.moves = moves;
        this.around = around;
    }

    /**
     * Writes the releases and the rollout in one transaction; the leader does the rest. Fails with {@code
     * FAILED_PRECONDITION} when nothing would change, or when another rollout moves a file and the request does not say
     * otherwise.
     */
    public CompletableFuture<RolloutRecord> start(
            String environment, RolloutRequest request, RolloutRequest.Source source, String who) {
        Webhooks.check(request.webhook());
        if (request.choice() != RolloutRequest.Choice.GIVEN)
            return source.load()
                    .thenCompose(load -> batch.policy(load.items()))
                    .thenCompose(found -> start(environment, chosen(request, found), source, who));
        CompletableFuture<RolloutRequest.Load> checked = source.load()
                .thenCompose(
                        load -> checked(environment, load, request.guards()).thenApply(done -> load));
        return checked.thenCompose(this::holders).thenCompose(holders -> {
            if (holders.isEmpty() || request.taken() == RolloutRequest.Taken.REFUSE)
                return attempt(new Start(environment, request, source, who, Phase.PENDING, false), 1);
            CompletableFuture<Void> way = CompletableFuture.completedFuture(null);
            if (request.taken() == RolloutRequest.Taken.OVERRIDE)
                for (long each : holders) way = way.thenCompose(done -> override(environment, each, who));
            return way.thenCompose(
                    done -> attempt(new Start(environment, request, source, who, Phase.QUEUED, false), 1));
        });
    }

    private static RolloutRequest chosen(RolloutRequest request, Optional<PolicyRollout> found) {
        if (found.isPresent()) return request.by(found.get());
        if (request.choice() == RolloutRequest.Choice.POLICY_OR_GIVEN) return request.asGiven();
        throw new AttuneException(
                ErrorCode.FAILED_PRECONDITION,
                "strategy: policy, and no rollout policy names a key that is changed (expected: another strategy)");
    }

    /**
     * The same for a policy: the releases are of its kind, and whether it may release now was decided before, by the rules
     * of the environment. Fails with {@code CONFLICT} when anything that it rests on has changed.
     */
    public CompletableFuture<RolloutRecord> startByPolicy(
            String environment, RolloutRequest request, RolloutRequest.Load load, String who) {
        return holders(load).thenCompose(holders -> {
            if (!holders.isEmpty())
                throw new AttuneException(ErrorCode.CONFLICT, "Rollout " + holders + " moves the file already.");
            RolloutRequest.Source source = () -> CompletableFuture.completedFuture(load);
            return attempt(new Start(environment, request, source, who, Phase.PENDING, true), ATTEMPTS_MAX);
        });
    }

    private CompletableFuture<Void> checked(String environment, RolloutRequest.Load load, String text) {
        if (text.isEmpty()) return CompletableFuture.completedFuture(null);
        Set<String> applications = new TreeSet<>();
        load.items().forEach(each -> applications.add(each.file().application()));
        return around.guards.check(environment, applications, text);
    }

    private record Start(
            String environment,
            RolloutRequest request,
            RolloutRequest.Source source,
            String who,
            Phase phase,
            boolean byPolicy) {}

    private CompletableFuture<Void> override(String environment, long number, String who) {
        return command(environment, number, new Command(Command.Kind.ABORT, who, "overridden by another rollout"))
                .handle((done, failure) -> {
                    // One that goes back or has ended already is out of the way soon.
                    return null;
                });
    }

    /** The rollouts that move one of the files. */
    private CompletableFuture<Set<Long>> holders(RolloutRequest.Load load) {
        List<Bytes> keys = new ArrayList<>();
        for (FileBatch.Item each : load.items()) keys.add(FileKeys.pointer(each.file()));
        return reads.keys(keys, ReadLevel.LINEARIZABLE).thenApply(found -> {
            Set<Long> holders = new TreeSet<>();
            for (KeyValue each : found) {
                Hold hold = each == null ? null : Pointer.decode(each).hold();
                if (hold != null) holders.add(hold.rollout());
            }
            return holders;
        });
    }

    private CompletableFuture<RolloutRecord> attempt(Start start, int attempt) {
        return reads.one(RolloutKeys.count(start.environment), ReadLevel.LINEARIZABLE)
                .thenCombine(start.source.load(), (counted, load) -> attempt(start, counted, load, attempt))
                .thenCompose(started -> started);
    }

    private CompletableFuture<RolloutRecord> attempt(
            Start start, Optional<KeyValue> counted, RolloutRequest.Load load, int attempt) {
        long number =
                1 + counted.map(each -> new Decoder(each.value()).varint()).orElse(0L);
        long now = clock.millis();
        RolloutRequest request = start.request;
        Draft by = new Draft(start.who, request.message(), now, Draft.ANY_BASE)
                .by(start.phase == Phase.QUEUED ? Draft.WAITING : number);
        Draft draft = start.byPolicy ? by.byPolicy() : by;
        boolean agreed = start.byPolicy || !load.change().isEmpty();
        CompletableFuture<FileBatch.Planned> plan =
                agreed ? batch.plan(load.items(), draft) : batch.planDirect(load.items(), draft);
        return plan.thenCompose(planned -> {
            RolloutPlan what = new RolloutPlan(
                    files(load.items(), planned),
                    request.strategy(),
                    start.who,
                    request.message(),
                    request.webhook(),
                    request.lostAfterMillis(),
                    load.change());
            RolloutRecord record = RolloutRecord.created(number, what, start.phase, now);
            long countRevision = counted.map(KeyValue::modRevision).orElse(0L);
            Operation.Txn txn = txn(record, planned, load, request.guards(), countRevision);
            return reads.run(txn).thenCompose(done -> {
                if (done.succeeded()) return CompletableFuture.completedFuture(record);
                if (attempt >= ATTEMPTS_MAX)
                    throw new AttuneException(
                            start.byPolicy ? ErrorCode.CONFLICT : ErrorCode.OVERLOADED,
                            "Others changed the files meanwhile.");
                return attempt(start, attempt + 1);
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

    private Operation.Txn txn(
            RolloutRecord record,
            FileBatch.Planned planned,
            RolloutRequest.Load load,
            String guards,
            long countRevision) {
        String environment = record.environment();
        Set<Compare> compares = new LinkedHashSet<>(planned.compares());
        Bound besides = load.besides().apply(record.number());
        compares.addAll(besides.compares());
        compares.add(Compare.modRevisionIs(RolloutKeys.count(environment), countRevision));
        List<Operation> writes = new ArrayList<>(planned.operations());
        writes.addAll(besides.operations());
        writes.add(Operation.Put.of(
                RolloutKeys.count(environment),
                new Encoder(10).varint(record.number()).toBytes()));
        writes.add(Operation.Put.of(RolloutKeys.record(environment, record.number()), RecordCodec.encode(record)));
        if (!guards.isEmpty())
            writes.add(Operation.Put.of(RolloutKeys.guards(environment, record.number()), Bytes.utf8(guards)));
        writes.add(audit.record(
                record.plan().author(),
                "rollout.start",
                environment + "/rollout " + record.number(),
                record.plan().message()));
        return new Operation.Txn(List.copyOf(compares), writes, List.of());
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
        return record(environment, number).thenCompose(held -> {
            Operation.Range targets = Operation.Range.of(RolloutKeys.instances(environment, number))
                    .atRevision(held.readRevision);
            return reads.found(targets, ReadLevel.atLeast(held.readRevision)).thenApply(read -> {
                TreeMap<InstanceRef, Target> instances = new TreeMap<>();
                for (KeyValue each : read.keyValues())
                    RolloutKeys.parse(each.key()).ifPresent(address -> {
                        if (address instanceof RolloutKeys.Address.OfInstance target)
                            instances.put(
                                    target.instance(),
                                    new Target(RecordCodec.decodeProgress(each.value()), each.modRevision()));
                    });
                return new Seen(held.record, held.recordRevision, instances);
            });
        });
    }

    /** What was seen of the stages of a rollout that is judged, by step. */
    CompletableFuture<List<JsonNode>> evidence(RolloutRecord record) {
        return reads.range(RolloutKeys.evidence(record.environment(), record.number()), ReadLevel.STALE)
                .thenApply(found ->
                        found.stream().map(each -> Json.tree(each.value())).toList());
    }

    /**
     * One rollout as soon as it has ended or stands at a later step than {@code after}, at the latest after so many
     * milliseconds, as it then stands. Fails with {@code NOT_FOUND}.
     *
     * @param after {@code Long.MAX_VALUE} to wait for the end
     */
    public CompletableFuture<Seen> await(String environment, long number, long after, long millis) {
        return settled(environment, number, after, System.nanoTime() + millis * 1_000_000)
                .thenCompose(record -> get(environment, number));
    }

    private CompletableFuture<RolloutRecord> settled(String environment, long number, long after, long untilNanos) {
        long left = (untilNanos - System.nanoTime()) / 1_000_000;
        if (left <= 0) return record(environment, number).thenApply(Held::record);
        CompletableFuture<Void> moved = around.follow.moved(new RolloutId(environment, number), left);
        return record(environment, number)
                .handle((held, failure) -> {
                    if (failure != null) moved.complete(null);
                    if (failure != null) return CompletableFuture.<RolloutRecord>failedFuture(Problems.unwrap(failure));
                    if (!held.record.phase().isEnd() && held.record.step() <= after)
                        return moved.thenCompose(done -> settled(environment, number, after, untilNanos));
                    moved.complete(null);
                    return CompletableFuture.completedFuture(held.record);
                })
                .thenCompose(next -> next);
    }

    private record Held(RolloutRecord record, long recordRevision, long readRevision) {}

    private CompletableFuture<Held> record(String environment, long number) {
        Operation.Range record = Operation.Range.of(KeyRange.key(RolloutKeys.record(environment, Math.max(1, number))));
        return reads.found(record, ReadLevel.LINEARIZABLE).thenApply(found -> {
            if (found.keyValues().isEmpty()) throw absent(environment, number);
            KeyValue stored = found.keyValues().get(0);
            return new Held(RecordCodec.decodeRecord(stored.value()), stored.modRevision(), found.revision());
        });
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
        return around.enrolment.of(record).thenApply(Enrolment.Concerned::silent);
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
