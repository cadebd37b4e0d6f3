package dev.attune.server.files;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.FilePlanner;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.Release;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import dev.attune.server.secrets.Secrets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Files as every protocol of the server reads and changes them. Rights are checked before, by the caller's protocol.
 *
 * <p>Callable from any thread; never blocks. Futures fail with {@link AttuneException}; a change that ends in {@code
 * OUTCOME_UNKNOWN} may be repeated: publishing the text that is current makes no second release.
 */
public final class FileService {
    /** Largest text of a file, over whatever protocol it comes, in bytes. */
    public static final int TEXT_BYTES_MAX = 512 << 10;

    /** Most releases of one page of history. */
    public static final int PAGE_MAX = 100;

    private final Reads reads;
    private final FileWrites writes;
    private final Secrets secrets;

    /**
     * With the API's limit for a text.
     *
     * @param clock gives releases their time
     */
    public FileService(Keyspace keyspace, Clock clock) {
        this(keyspace, clock, TEXT_BYTES_MAX);
    }

    /**
     * @param clock gives releases their time
     * @param textBytesMax largest text of a file, in bytes
     */
    public FileService(Keyspace keyspace, Clock clock, int textBytesMax) {
        this(keyspace, clock, textBytesMax, Secrets.none(), Runnable::run);
    }

    /**
     * @param clock gives releases their time
     * @param textBytesMax largest text of a file, in bytes
     * @param secrets seals and opens secret values
     * @param workers read and check texts, which may take milliseconds
     */
    public FileService(Keyspace keyspace, Clock clock, int textBytesMax, Secrets secrets, Executor workers) {
        this.reads = new Reads(keyspace);
        this.secrets = secrets;
        this.writes =
                new FileWrites(reads, new FileWrites.Rules(clock, new Audit(clock), secrets, textBytesMax, workers));
    }

    /** What seals and opens secret values. */
    public Secrets secrets() {
        return secrets;
    }

    /**
     * Releases {@code text} and makes it current in one transaction. Fails with {@code CONFLICT} when the edit's base
     * is not current, {@code TOO_LARGE}, {@code INVALID_ARGUMENT} with the place in the text, or {@code
     * FAILED_PRECONDITION} when the environment does not allow it now.
     */
    public CompletableFuture<Published> publish(Coordinate file, Bytes text, Edit edit) {
        return writes.publish(file, text, edit);
    }

    /**
     * Makes a new current release with the bytes of release {@code number}. Fails with {@code NOT_FOUND} when there is
     * no such release and {@code CONFLICT} when the edit's base is not current.
     */
    public CompletableFuture<Published> rollback(Coordinate file, long number, Edit edit) {
        return writes.rollback(file, number, edit);
    }

    /** Deletes a file and keeps its releases; completes with the revision. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<Long> delete(Coordinate file, Edit edit) {
        return writes.delete(file, edit);
    }

    /** What changes files. */
    public FileWrites writes() {
        return writes;
    }

    /** The current release. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<FileView> read(Coordinate file, ReadLevel level) {
        return pointer(file, level).thenCompose(found -> {
            Pointer pointer = found.pointer.filter(p -> !p.isDeleted()).orElseThrow(() -> FilePlanner.notFound(file));
            return release(file, pointer.stable(), found.revision)
                    .thenApply(release -> new FileView(release, pointer, found.revision));
        });
    }

    /** Release {@code number}, current or not, also of a deleted file. Fails with {@code NOT_FOUND}. */
    public CompletableFuture<FileView> read(Coordinate file, long number, ReadLevel level) {
        return pointer(file, level).thenCompose(found -> {
            Pointer pointer = found.pointer.orElseThrow(() -> FilePlanner.notFound(file));
            return release(file, number, found.revision)
                    .thenApply(release -> new FileView(release, pointer, found.revision));
        });
    }

    /** The files of an application; empty when there are none. */
    public CompletableFuture<FileListing> list(String environment, String application, ReadLevel level) {
        KeyRange pointers = FileKeys.pointers(environment, application);
        return range(Operation.Range.of(pointers), level).thenApply(read -> {
            List<FileListing.Entry> files = new ArrayList<>();
            for (KeyValue each : read.keyValues()) {
                Pointer pointer = Pointer.decode(each);
                if (!pointer.isDeleted())
                    files.add(new FileListing.Entry(FileKeys.parse(each.key()).file(), pointer));
            }
            return new FileListing(read.revision(), files);
        });
    }

    /**
     * Releases with numbers below {@code before}, newest first. Fails with {@code NOT_FOUND} for a file that never was.
     *
     * @param before 0 to begin with the newest
     * @param limit most of them, 1 to {@value #PAGE_MAX}
     */
    public CompletableFuture<History> history(Coordinate file, long before, int limit, ReadLevel level) {
        if (limit < 1 || limit > PAGE_MAX)
            return CompletableFuture.failedFuture(new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "limit: " + limit + " (expected: 1.." + PAGE_MAX + ")"));
        return pointer(file, level).thenCompose(found -> {
            Pointer pointer = found.pointer.orElseThrow(() -> FilePlanner.notFound(file));
            long end = before <= 0 ? pointer.latest() + 1 : Math.min(before, pointer.latest() + 1);
            long start = Math.max(1, end - limit);
            KeyRange page = FileKeys.releases(file, start, end);
            return range(Operation.Range.of(page), ReadLevel.atLeast(found.revision))
                    .thenApply(read -> {
                        List<Release> releases = new ArrayList<>();
                        for (KeyValue each : read.keyValues())
                            releases.add(StoredRelease.decode(each).release());
                        Collections.reverse(releases);
                        return new History(releases, pointer.stable(), start > 1 ? start : 0, found.revision);
                    });
        });
    }

    /** The environments that have, or had, files. */
    public CompletableFuture<NameListing> environments(ReadLevel level) {
        return names(FileKeys.all(), level, key -> FileKeys.parse(key).file().environment(), FileKeys::ofEnvironment);
    }

    /** The applications of an environment that have, or had, files. */
    public CompletableFuture<NameListing> applications(String environment, ReadLevel level) {
        return names(
                FileKeys.ofEnvironment(environment),
                level,
                key -> FileKeys.parse(key).file().application(),
                application -> FileKeys.ofApplication(environment, application));
    }

    /** Skips from name to name: one small read for each, whatever lies below it. */
    private CompletableFuture<NameListing> names(
            KeyRange all, ReadLevel level, Function<Bytes, String> name, Function<String, KeyRange> below) {
        return skip(new Names(all.end(), name, below, new TreeSet<>()), all.start(), level);
    }

    private CompletableFuture<NameListing> skip(Names names, Bytes from, ReadLevel level) {
        Operation.Range first =
                Operation.Range.of(new KeyRange(from, names.end)).withLimit(1).withView(Operation.View.KEYS_ONLY);
        return range(first, level).thenCompose(read -> {
            if (read.keyValues().isEmpty())
                return CompletableFuture.completedFuture(new NameListing(read.revision(), List.copyOf(names.found)));
            String name = names.name.apply(read.keyValues().get(0).key());
            names.found.add(name);
            return skip(names, names.below.apply(name).end(), ReadLevel.atLeast(read.revision()));
        });
    }

    private CompletableFuture<Found> pointer(Coordinate file, ReadLevel level) {
        return range(Operation.Range.of(KeyRange.key(FileKeys.pointer(file))), level)
                .thenApply(read -> new Found(firstPointer(read.keyValues()), read.revision()));
    }

    private CompletableFuture<Release> release(Coordinate file, long number, long minRevision) {
        return stored(file, number, minRevision).thenApply(StoredRelease::release);
    }

    // Releases never change, so any state at or after the pointer's will do.
    private CompletableFuture<StoredRelease> stored(Coordinate file, long number, long minRevision) {
        if (number < 1) throw FileWrites.noRelease(file, number);
        return reads.one(FileKeys.release(file, number), ReadLevel.atLeast(minRevision))
                .thenApply(found ->
                        found.map(StoredRelease::decode).orElseThrow(() -> FileWrites.noRelease(file, number)));
    }

    private CompletableFuture<Reads.Found> range(Operation.Range range, ReadLevel level) {
        return reads.found(range, level);
    }

    private static Optional<Pointer> firstPointer(List<KeyValue> found) {
        return found.stream().findFirst().map(Pointer::decode);
    }

    /** A file's pointer as of a revision. */
    private record Found(Optional<Pointer> pointer, long revision) {}

    /** A search for names under way: only its one read at a time touches {@code found}. */
    private record Names(
            Bytes end, Function<Bytes, String> name, Function<String, KeyRange> below, TreeSet<String> found) {}
}
