package dev.attune.server.rollouts;

import dev.attune.config.release.Bound;
import dev.attune.config.release.Cohort;
import dev.attune.config.release.Draft;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.FilePlan;
import dev.attune.config.release.FilePlanner;
import dev.attune.config.release.Hold;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.FileStand;
import dev.attune.rollout.coordinate.PointerMove;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.coordinate.View;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.RecordCodec;
import dev.attune.rollout.record.RolloutKeys;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries transitions out. A move is one transaction: the record, the pointers of its files and the audit record, or
 * nothing. A mark is as many as it needs, proposed together so that they share a batch of the log. Callable from any
 * thread.
 */
final class Moves {
    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);

    private final Reads reads;
    private final Audit audit;
    private final Clock clock;
    private final RolloutMeters meters;
    private final BroughtChange changes;
    private final FilePlanner planner = new FilePlanner(Integer.MAX_VALUE);

    Moves(Reads reads, Audit audit, Clock clock, RolloutMeters meters) {
        this.reads = reads;
        this.changes = new BroughtChange(reads);
        this.audit = audit;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * Runs it; what is done has not succeeded, or not as a whole, when something it rests on has changed.
     *
     * @param view what the transition was made from; must not change until this completes
     * @param who whom the audit record names
     */
    CompletableFuture<Reads.Done> carryOut(View view, Transition transition, String who) {
        if (transition instanceof Transition.Mark mark) return mark(mark.txns(view, Transition.CHANGES_MAX));
        Transition.Move move = (Transition.Move) transition;
        RolloutRecord next = move.next();
        return parts(next, move.pointers())
                .thenCombine(changes.ended(next), (parts, ended) -> {
                    List<Transition.Part> all = new ArrayList<>(parts);
                    ended.ifPresent(all::add);
                    String action = "rollout." + what(view.record(), next);
                    String target = next.environment() + "/rollout " + next.number();
                    all.add(new Transition.Part(List.of(), List.of(audit.record(who, action, target, next.reason()))));
                    return move.txn(view, all);
                })
                .thenCompose(reads::run)
                .thenApply(done -> {
                    if (done.succeeded()) told(view.record(), next);
                    return done;
                });
    }

    private CompletableFuture<Reads.Done> mark(List<Operation.Txn> txns) {
        List<CompletableFuture<Reads.Done>> all = txns.stream().map(reads::run).toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(nothing -> {
            boolean succeeded = true;
            long revision = 0;
            for (CompletableFuture<Reads.Done> each : all) {
                succeeded &= each.join().succeeded();
                revision = Math.max(revision, each.join().revision());
            }
            return new Reads.Done(succeeded, revision, List.of());
        });
    }

    private static String what(RolloutRecord before, RolloutRecord next) {
        if (next.phase() == before.phase() && next.paused() != before.paused())
            return next.paused() ? "pause" : "resume";
        return next.phase().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void told(RolloutRecord before, RolloutRecord next) {
        meters.moved(next.phase());
        LOG.info(
                "event=rollout-moved environment={} rollout={} from={} to={} step={} targets={} paused={} reason=\"{}\"",
                next.environment(),
                next.number(),
                before.phase(),
                next.phase(),
                next.step(),
                next.targets(),
                next.paused(),
                next.reason().replace('"', '\''));
    }

    private CompletableFuture<List<Transition.Part>> parts(RolloutRecord next, List<PointerMove> moves) {
        List<Bytes> keys = new ArrayList<>();
        for (PointerMove each : moves) {
            keys.add(FileKeys.pointer(each.file()));
            keys.add(FileKeys.release(each.file(), Math.max(1, each.stable())));
        }
        if (keys.isEmpty()) return CompletableFuture.completedFuture(List.of());
        // Whatever this node has: the transaction compares it.
        return reads.keys(keys, ReadLevel.STALE).thenApply(found -> {
            List<Transition.Part> parts = new ArrayList<>();
            for (int i = 0; i < moves.size(); i++)
                parts.add(part(next, moves.get(i), found.get(2 * i), found.get(2 * i + 1)));
            return parts;
        });
    }

    private Transition.Part part(
            RolloutRecord next, PointerMove move, @Nullable KeyValue pointerKey, @Nullable KeyValue release) {
        Pointer pointer = pointerKey == null ? null : Pointer.decode(pointerKey);
        if (pointer == null || !stands(move.from(), pointer))
            throw new AttuneException(
                    ErrorCode.CONFLICT, move.file() + " does not stand where rollout " + next.number() + " left it.");
        String sha256 = pointer.sha256();
        if (move.stable() != pointer.stable())
            sha256 = move.stable() == 0 || release == null
                    ? ""
                    : StoredRelease.decode(release).release().sha256();
        Draft draft = new Draft(next.plan().author(), "", clock.millis(), Draft.ANY_BASE, next.number());
        FilePlanner.Placed placed = new FilePlanner.Placed(move.stable(), sha256, hold(next, move));
        FilePlan.Move plan = planner.moveHeld(move.file(), pointer, placed, Bound.NOTHING, draft);
        return new Transition.Part(
                plan.transaction().compares(), plan.transaction().then());
    }

    private static boolean stands(FileStand from, Pointer pointer) {
        Hold hold = pointer.hold();
        return from.stable() == pointer.stable() && from.rollout() == (hold == null ? 0 : hold.rollout());
    }

    private static @Nullable Hold hold(RolloutRecord next, PointerMove move) {
        if (move.rollout() == 0) return null;
        FileMove file = next.plan().files().stream()
                .filter(each -> each.file().equals(move.file()))
                .findFirst()
                .orElseThrow();
        Hold hold = Hold.of(move.rollout(), file.after(), file.before());
        return move.cohort().isEmpty()
                ? hold
                : hold.with(Cohort.of(move.cohort().stream()
                        .map(each -> new Cohort.Named(each.application(), each.id()))
                        .toList()));
    }

    /** Where the files of a rollout stand now. */
    CompletableFuture<List<FileStand>> stands(RolloutRecord record) {
        List<Bytes> keys = new ArrayList<>();
        for (FileMove each : record.plan().files()) keys.add(FileKeys.pointer(each.file()));
        return reads.keys(keys, ReadLevel.STALE).thenApply(found -> {
            List<FileStand> stands = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                KeyValue each = found.get(i);
                Optional<Pointer> pointer = Optional.ofNullable(each).map(Pointer::decode);
                long rollout = pointer.map(Pointer::hold).map(Hold::rollout).orElse(0L);
                stands.add(new FileStand(
                        record.plan().files().get(i).file(),
                        pointer.map(Pointer::stable).orElse(0L),
                        rollout));
            }
            return stands;
        });
    }

    /** Forgets the targets of rollouts that ended long ago, and the oldest rollouts altogether. */
    CompletableFuture<Void> forgetOld(RolloutRecord ended) {
        return reads.range(RolloutKeys.records(ended.environment()), ReadLevel.STALE)
                .thenCompose(found -> {
                    List<Operation> deletes = RolloutRetention.outdated(found.stream()
                            .map(each -> RecordCodec.decodeRecord(each.value()))
                            .toList());
                    if (deletes.isEmpty()) return CompletableFuture.completedFuture(null);
                    return reads.run(new Operation.Txn(List.of(), deletes, List.of()))
                            .thenAccept(done -> {});
                });
    }
}
