package dev.attune.server.keyspace;

import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The few shapes of reads and transactions that domain services are made of. Callable from any thread. */
public final class Reads {
    // The store takes at most 128 operations in one transaction.
    private static final int BATCH = 64;

    private final Keyspace keyspace;

    public Reads(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /** One key. */
    public CompletableFuture<Optional<KeyValue>> one(Bytes key, ReadLevel level) {
        return range(KeyRange.key(key), level).thenApply(all -> all.stream().findFirst());
    }

    /** Every key of a range. */
    public CompletableFuture<List<KeyValue>> range(KeyRange range, ReadLevel level) {
        return found(Operation.Range.of(range), level).thenApply(Found::keyValues);
    }

    /** Every key of a range, and the revision it was read at. */
    public CompletableFuture<Found> found(Operation.Range range, ReadLevel level) {
        return keyspace.read(range, level).thenApply(result -> {
            OperationResult.Range read = (OperationResult.Range) present(result);
            return new Found(read.keyValues(), result.revision());
        });
    }

    /**
     * What a range read gave.
     *
     * @param revision the store's revision of the read
     */
    public record Found(List<KeyValue> keyValues, long revision) {
        public Found {
            keyValues = List.copyOf(keyValues);
        }
    }

    /** The first key of each of these ranges at one revision, null where there is none; at most 64 ranges. */
    public CompletableFuture<Firsts> all(List<Operation> ranges, ReadLevel level) {
        if (ranges.size() > BATCH)
            throw new IllegalArgumentException("ranges: " + ranges.size() + " (expected: <= 64)");
        return keyspace.read(new Operation.Txn(List.of(), ranges, List.of()), level)
                .thenApply(result -> new Firsts(firsts((OperationResult.Txn) present(result)), result.revision()));
    }

    /**
     * The first key of each of some ranges.
     *
     * @param keyValues null where a range holds nothing
     * @param revision the store's revision of the read
     */
    public record Firsts(List<@Nullable KeyValue> keyValues, long revision) {
        public @Nullable KeyValue get(int index) {
            return keyValues.get(index);
        }
    }

    /** Each of these keys, any number of them; null where there is none. Not at one revision. */
    public CompletableFuture<List<@Nullable KeyValue>> keys(List<Bytes> keys, ReadLevel level) {
        return keys(keys, 0, new ArrayList<>(), level);
    }

    private CompletableFuture<List<@Nullable KeyValue>> keys(
            List<Bytes> keys, int from, List<@Nullable KeyValue> so, ReadLevel level) {
        if (from >= keys.size()) return CompletableFuture.completedFuture(so);
        List<Operation> ranges = new ArrayList<>();
        for (Bytes key : keys.subList(from, Math.min(from + BATCH, keys.size())))
            ranges.add(Operation.Range.of(KeyRange.key(key)));
        return all(ranges, level).thenCompose(found -> {
            so.addAll(found.keyValues());
            return keys(keys, from + BATCH, so, level);
        });
    }

    private static List<@Nullable KeyValue> firsts(OperationResult.Txn done) {
        List<@Nullable KeyValue> found = new ArrayList<>();
        for (OperationResult each : done.results()) {
            List<KeyValue> values = ((OperationResult.Range) each).keyValues();
            found.add(values.isEmpty() ? null : values.get(0));
        }
        return found;
    }

    /** Runs a transaction. */
    public CompletableFuture<Done> run(Operation.Txn txn) {
        return keyspace.write(new Command.Mutate(null, txn)).thenApply(result -> {
            OperationResult.Txn done = (OperationResult.Txn) present(result);
            return new Done(done.succeeded(), result.revision(), done.results());
        });
    }

    /** How a transaction ended. */
    public record Done(boolean succeeded, long revision, List<OperationResult> results) {
        public Done {
            results = List.copyOf(results);
        }
    }

    /** Returns when a command without a result was done; fails with its error otherwise. */
    public static void requireDone(CommandResult result) {
        ErrorCode error = result.error();
        if (error != null) throw new AttuneException(error, result.message());
    }

    /** The result of a command, or its failure. */
    public static OperationResult present(CommandResult result) {
        OperationResult present = result.result();
        if (present != null) return present;
        ErrorCode error = result.error();
        throw new AttuneException(error == null ? ErrorCode.INTERNAL : error, result.message());
    }
}
