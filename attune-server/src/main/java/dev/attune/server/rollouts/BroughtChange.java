package dev.attune.server.rollouts;

import dev.attune.config.change.Change;
import dev.attune.config.change.ChangeEdit;
import dev.attune.config.change.ChangeFlow;
import dev.attune.config.change.ChangeState;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.rollout.coordinate.Transition;
import dev.attune.rollout.plan.FileMove;
import dev.attune.rollout.record.Phase;
import dev.attune.rollout.record.RolloutRecord;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the end of a rollout means for the change that it brings; part of the transaction that ends it. */
final class BroughtChange {
    private final Reads reads;

    BroughtChange(Reads reads) {
        this.reads = reads;
    }

    /** The part that the end of this rollout adds; nothing when it has not ended, or brings no change. */
    CompletableFuture<Optional<Transition.Part>> ended(RolloutRecord next) {
        String id = next.plan().change();
        if (!next.phase().isEnd() || id.isEmpty()) return CompletableFuture.completedFuture(Optional.empty());
        // Whatever this node has: the transaction compares it.
        return reads.one(Change.key(next.environment(), id), ReadLevel.STALE)
                .thenApply(found -> found.flatMap(stored -> part(next, stored)));
    }

    private static Optional<Transition.Part> part(RolloutRecord next, KeyValue stored) {
        Change change = Change.decode(stored.value());
        // Nothing that became of the change may keep the rollout from its end.
        if (change.state() != ChangeState.RELEASING) return Optional.empty();
        String why = "rollout " + next.number() + " "
                + next.phase().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (next.reason().isEmpty() ? "" : ": " + next.reason());
        Change after = next.phase() == Phase.COMMITTED
                ? ChangeFlow.released(change, results(next, change))
                : ChangeFlow.notBrought(change, why);
        Bytes key = stored.key();
        return Optional.of(new Transition.Part(
                List.of(Compare.modRevisionIs(key, stored.modRevision())),
                List.of(Operation.Put.of(key, after.encode()))));
    }

    private static List<Change.Result> results(RolloutRecord record, Change change) {
        Map<Coordinate, FileMove> moves = new HashMap<>();
        for (FileMove each : record.plan().files()) moves.put(each.file(), each);
        List<Change.Result> results = new ArrayList<>();
        for (ChangeEdit each : change.edits()) {
            FileMove move = moves.get(change.file(record.environment(), each));
            // What was current already is no move.
            results.add(
                    move == null
                            ? new Change.Result(each.base(), each.base())
                            : new Change.Result(move.before(), move.after()));
        }
        return results;
    }
}
