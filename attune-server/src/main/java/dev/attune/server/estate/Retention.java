package dev.attune.server.estate;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Removes releases that an environment does not keep: older than its days and behind its newest ones. A release that
 * anybody is served, stable or gray, is never removed; the compare on the file's pointer sees to that.
 */
public final class Retention {
    private static final int BATCH = 50;

    private final Reads reads;
    private final Audit audit;
    private final Clock clock;

    public Retention(Reads reads, Audit audit, Clock clock) {
        this.reads = reads;
        this.audit = audit;
        this.clock = clock;
    }

    /** Every environment. */
    public CompletableFuture<Void> run() {
        return reads.range(EnvironmentSettings.all(), ReadLevel.LINEARIZABLE).thenCompose(found -> {
            CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
            for (KeyValue each : found)
                chain = chain.thenCompose(done -> run(EnvironmentSettings.environmentOf(each.key())))
                        .thenAccept(removed -> {});
            return chain;
        });
    }

    /** One environment; completes with how many releases were removed. */
    public CompletableFuture<Integer> run(String environment) {
        return reads.one(EnvironmentSettings.key(environment), ReadLevel.LINEARIZABLE)
                .thenCompose(found -> {
                    EnvironmentSettings rules = found.map(each -> EnvironmentSettings.decode(each.value()))
                            .orElse(EnvironmentSettings.NONE);
                    if (rules.keepReleases() == 0) return CompletableFuture.completedFuture(0);
                    Operation.Range keys = Operation.Range.of(FileKeys.ofEnvironment(environment))
                            .withView(Operation.View.KEYS_ONLY);
                    return reads.found(keys, ReadLevel.LINEARIZABLE)
                            .thenCompose(all -> files(rules, pointers(all.keyValues())));
                });
    }

    private static List<Coordinate> pointers(List<KeyValue> keys) {
        List<Coordinate> files = new ArrayList<>();
        for (KeyValue each : keys) {
            FileKeys.Address address = FileKeys.parse(each.key());
            if (address.isPointer()) files.add(address.file());
        }
        return files;
    }

    private CompletableFuture<Integer> files(EnvironmentSettings rules, List<Coordinate> files) {
        CompletableFuture<Integer> chain = CompletableFuture.completedFuture(0);
        for (Coordinate file : files)
            chain = chain.thenCompose(so -> file(rules, file).thenApply(removed -> so + removed));
        return chain;
    }

    private CompletableFuture<Integer> file(EnvironmentSettings rules, Coordinate file) {
        return reads.one(FileKeys.pointer(file), ReadLevel.LINEARIZABLE).thenCompose(found -> {
            if (found.isEmpty()) return CompletableFuture.completedFuture(0);
            Pointer pointer = Pointer.decode(found.get());
            long end = pointer.latest() - rules.keepReleases() + 1;
            // A rollout may have to go back to a release that is not current any more.
            if (end <= 1 || pointer.hold() != null) return CompletableFuture.completedFuture(0);
            KeyRange old = FileKeys.releases(file, 1, end);
            Operation.Range page = Operation.Range.of(old).withLimit(BATCH);
            return reads.found(page, ReadLevel.LINEARIZABLE)
                    .thenCompose(releases -> remove(rules, file, pointer, releases.keyValues()));
        });
    }

    private CompletableFuture<Integer> remove(
            EnvironmentSettings rules, Coordinate file, Pointer pointer, List<KeyValue> releases) {
        long before = clock.millis() - Duration.ofDays(rules.keepDays()).toMillis();
        Set<Long> active = pointer.served();
        List<Operation> writes = new ArrayList<>();
        for (KeyValue each : releases) {
            StoredRelease stored = StoredRelease.decode(each);
            boolean gone = !active.contains(stored.release().number())
                    && stored.release().timeMillis() <= before;
            if (gone) writes.add(Operation.Delete.of(each.key()));
        }
        if (writes.isEmpty()) return CompletableFuture.completedFuture(0);
        int count = writes.size();
        writes.add(audit.record("retention", "release.remove", file.toString(), count + " releases"));
        Compare same = Compare.modRevisionIs(FileKeys.pointer(file), pointer.revision());
        return reads.run(new Operation.Txn(List.of(same), writes, List.of())).thenCompose(done -> {
            if (!done.succeeded()) return CompletableFuture.completedFuture(0);
            return file(rules, file).thenApply(more -> more + count);
        });
    }
}
