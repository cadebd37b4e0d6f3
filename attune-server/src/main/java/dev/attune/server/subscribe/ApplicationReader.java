package dev.attune.server.subscribe;

import dev.attune.config.format.Documents;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigCodec;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.Release;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.model.wire.Decoder;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.store.CommandResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Reads an application's current files out of the keyspace. */
final class ApplicationReader {
    // Releases read by one transaction; the store takes at most 128 operations.
    private static final int BATCH = 64;

    private final Keyspace keyspace;
    private final KeyRange pointers;

    ApplicationReader(Keyspace keyspace, String environment, String application) {
        this.keyspace = keyspace;
        this.pointers = FileKeys.pointers(environment, application);
    }

    /**
     * Pointers at one revision with the releases they name.
     *
     * @param linearizable whether a majority confirmed that nothing acknowledged is missed
     */
    record Loaded(long revision, boolean linearizable, List<Found> files) {}

    /**
     * One file as loaded.
     *
     * @param release null when the file is deleted, or its release need not be read
     */
    record Found(Coordinate file, Pointer pointer, @Nullable Release release) {}

    /**
     * Everything at one revision: the newest, or without a majority what this node has.
     *
     * @param known whether the caller already has the content of this pointer
     */
    CompletableFuture<Loaded> load(BiPredicate<Coordinate, Pointer> known) {
        Operation.Range all = Operation.Range.of(pointers);
        return keyspace.read(all, ReadLevel.LINEARIZABLE)
                .thenApply(result -> new Pointers(result, true))
                .exceptionallyCompose(noMajority ->
                        keyspace.read(all, ReadLevel.STALE).thenApply(result -> new Pointers(result, false)))
                .thenCompose(read -> withReleases(read, known));
    }

    /** The newest revision that a majority knows. */
    CompletableFuture<Long> newestRevision() {
        Operation.Range count = Operation.Range.of(pointers).withView(Operation.View.COUNT_ONLY);
        return keyspace.read(count, ReadLevel.LINEARIZABLE).thenApply(CommandResult::revision);
    }

    static FileContent content(Coordinate file, Pointer pointer, Release release) {
        return new FileContent(
                file.file(),
                file.cluster(),
                release.number(),
                pointer.revision(),
                release.sha256(),
                release.text(),
                keys(file, release));
    }

    static Release decode(KeyValue stored) {
        return ConfigCodec.readRelease(new Decoder(stored.value()), stored.createRevision());
    }

    private static @Nullable Map<String, String> keys(Coordinate file, Release release) {
        try {
            return Documents.keys(file.file(), release.text());
        } catch (InvalidDocumentException e) {
            // Written before the present rules: the text is the truth, the keys only an index of it.
            return null;
        }
    }

    private CompletableFuture<Loaded> withReleases(Pointers read, BiPredicate<Coordinate, Pointer> known) {
        long revision = read.result.revision();
        List<Found> files = new ArrayList<>();
        List<Found> wanted = new ArrayList<>();
        for (KeyValue each : range(read.result.result()).keyValues()) {
            Coordinate file = FileKeys.parse(each.key()).file();
            Found found = new Found(file, Pointer.decode(each), null);
            boolean needed = !found.pointer.isDeleted() && !known.test(file, found.pointer);
            (needed ? wanted : files).add(found);
        }
        return releases(new Loading(revision, wanted, files), 0)
                .thenApply(all -> new Loaded(revision, read.linearizable, all));
    }

    // Releases never change, so any state at or after the pointers' revision gives the same.
    private CompletableFuture<List<Found>> releases(Loading loading, int from) {
        if (from >= loading.wanted.size()) return CompletableFuture.completedFuture(loading.files);
        List<Found> batch = loading.wanted.subList(from, Math.min(from + BATCH, loading.wanted.size()));
        List<Operation> reads = new ArrayList<>();
        for (Found each : batch) {
            Bytes key = FileKeys.release(each.file, each.pointer.stable());
            reads.add(Operation.Range.of(KeyRange.key(key)));
        }
        Operation.Txn txn = new Operation.Txn(List.of(), reads, List.of());
        return keyspace.read(txn, ReadLevel.atLeast(loading.revision)).thenCompose(result -> {
            if (!(result.result() instanceof OperationResult.Txn done)) throw unexpected();
            for (int i = 0; i < batch.size(); i++) {
                Found each = batch.get(i);
                List<KeyValue> found = range(done.results().get(i)).keyValues();
                if (!found.isEmpty()) loading.files.add(new Found(each.file, each.pointer, decode(found.get(0))));
            }
            return releases(loading, from + BATCH);
        });
    }

    private static OperationResult.Range range(@Nullable OperationResult result) {
        if (result instanceof OperationResult.Range range) return range;
        throw unexpected();
    }

    private static AttuneException unexpected() {
        return new AttuneException(ErrorCode.INTERNAL, "the keyspace answered a read with something else");
    }

    private record Pointers(CommandResult result, boolean linearizable) {}

    /** Files so far, and those whose release is still to be read. */
    private record Loading(long revision, List<Found> wanted, List<Found> files) {}
}
