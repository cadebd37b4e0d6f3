package dev.attune.server.subscribe;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Reads an application's current files, and those of the applications they import from, out of the keyspace. */
final class ApplicationReader {
    private final Reads reads;
    private final String environment;
    private final String application;

    ApplicationReader(Keyspace keyspace, String environment, String application) {
        this.reads = new Reads(keyspace);
        this.environment = environment;
        this.application = application;
    }

    /**
     * Files at one revision.
     *
     * @param linearizable whether a majority confirmed that nothing acknowledged is missed
     * @param applications whose files these are
     */
    record Result(long revision, boolean linearizable, Set<String> applications, List<Found> files) {}

    /**
     * One file as read.
     *
     * @param releases those that the pointer names and the caller did not have, by number
     */
    record Found(Coordinate file, Pointer pointer, Map<Long, Loaded> releases) {}

    /**
     * Everything at one revision: the newest, or without a majority what this node has.
     *
     * @param also further applications whose files are wanted
     * @param held releases that the caller already has
     */
    CompletableFuture<Result> load(Set<String> also, Set<ApplicationState.Held> held) {
        Operation.Range own = Operation.Range.of(FileKeys.pointers(environment, application));
        return reads.found(own, ReadLevel.LINEARIZABLE)
                .thenApply(found -> new Loading(found.revision(), true, held).first(application, found.keyValues()))
                .exceptionallyCompose(noMajority -> reads.found(own, ReadLevel.STALE)
                        .thenApply(found ->
                                new Loading(found.revision(), false, held).first(application, found.keyValues())))
                .thenCompose(loading -> {
                    loading.wanted.addAll(also);
                    return releases(loading);
                });
    }

    /** The newest revision that a majority knows. */
    CompletableFuture<Long> newestRevision() {
        Operation.Range count =
                Operation.Range.of(FileKeys.pointers(environment, application)).withView(Operation.View.COUNT_ONLY);
        return reads.found(count, ReadLevel.LINEARIZABLE).thenApply(Reads.Found::revision);
    }

    // Releases never change, so any state at or after the pointers' revision gives the same.
    private CompletableFuture<Result> releases(Loading loading) {
        List<ApplicationState.Held> missing = loading.missing;
        loading.missing = new ArrayList<>();
        List<Bytes> keys = new ArrayList<>();
        for (ApplicationState.Held each : missing) keys.add(FileKeys.release(each.file(), each.release()));
        return reads.keys(keys, ReadLevel.atLeast(loading.revision)).thenCompose(found -> {
            for (int i = 0; i < keys.size(); i++) {
                KeyValue each = found.get(i);
                if (each != null) loading.add(missing.get(i), StoredRelease.decode(each));
            }
            return nextApplication(loading);
        });
    }

    private CompletableFuture<Result> nextApplication(Loading loading) {
        Iterator<String> wanted = loading.wanted.iterator();
        while (wanted.hasNext()) {
            String next = wanted.next();
            if (!loading.applications.add(next)) continue;
            Operation.Range pointers =
                    Operation.Range.of(FileKeys.pointers(environment, next)).atRevision(loading.revision);
            return reads.found(pointers, ReadLevel.atLeast(loading.revision)).thenCompose(found -> {
                loading.pointers(found.keyValues());
                return releases(loading);
            });
        }
        return CompletableFuture.completedFuture(loading.result());
    }

    /** One load under way; one step at a time touches it. */
    private static final class Loading {
        private final long revision;
        private final boolean linearizable;
        private final Set<ApplicationState.Held> held;
        private final Set<String> applications = new TreeSet<>();
        private final Set<String> wanted = new LinkedHashSet<>();
        private final Map<Coordinate, Found> files = new HashMap<>();
        private List<ApplicationState.Held> missing = new ArrayList<>();

        Loading(long revision, boolean linearizable, Set<ApplicationState.Held> held) {
            this.revision = revision;
            this.linearizable = linearizable;
            this.held = held;
        }

        Loading first(String application, List<KeyValue> found) {
            applications.add(application);
            pointers(found);
            return this;
        }

        void pointers(List<KeyValue> found) {
            for (KeyValue each : found) {
                Coordinate file = FileKeys.parse(each.key()).file();
                Pointer pointer = Pointer.decode(each);
                files.put(file, new Found(file, pointer, new HashMap<>()));
                for (Long number : pointer.served()) {
                    ApplicationState.Held release = new ApplicationState.Held(file, number);
                    if (!held.contains(release)) missing.add(release);
                }
            }
        }

        void add(ApplicationState.Held at, StoredRelease stored) {
            Found found = files.get(at.file());
            if (found == null) return;
            Loaded loaded = Loaded.of(at.file(), found.pointer, stored);
            found.releases.put(at.release(), loaded);
            if (loaded.layer() != null) loaded.layer().imports().forEach(each -> wanted.add(each.application()));
        }

        Result result() {
            return new Result(revision, linearizable, applications, List.copyOf(files.values()));
        }
    }
}
