package dev.attune.server.files;

import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.audit.Audit;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What is said about files and environments. Callable from any thread; never blocks. */
public final class SettingsService {
    private final Reads reads;
    private final Audit audit;

    public SettingsService(Reads reads, Audit audit) {
        this.reads = reads;
        this.audit = audit;
    }

    public CompletableFuture<FileSettings> file(String environment, String application, String file) {
        return reads.one(FileSettings.key(environment, application, file), ReadLevel.LINEARIZABLE)
                .thenApply(found ->
                        found.map(each -> FileSettings.decode(each.value())).orElse(FileSettings.NONE));
    }

    /** Those of an application's files, by name of the file; files without settings are not named. */
    public CompletableFuture<Map<String, FileSettings>> files(String environment, String application, ReadLevel level) {
        return reads.range(FileSettings.all(environment, application), level).thenApply(all -> {
            Map<String, FileSettings> settings = new TreeMap<>();
            for (KeyValue each : all) {
                String key = each.key().toUtf8();
                settings.put(key.substring(key.lastIndexOf('/') + 1), FileSettings.decode(each.value()));
            }
            return settings;
        });
    }

    /** Replaces a file's settings; completes with the revision. */
    public CompletableFuture<Long> put(
            String environment, String application, String file, FileSettings settings, String who) {
        String target = environment + "/" + application + "/" + file;
        return put(FileSettings.key(environment, application, file), settings.encode(), who, "file.settings", target);
    }

    public CompletableFuture<EnvironmentSettings> environment(String environment) {
        return reads.one(EnvironmentSettings.key(environment), ReadLevel.LINEARIZABLE)
                .thenApply(found -> found.map(each -> EnvironmentSettings.decode(each.value()))
                        .orElse(EnvironmentSettings.NONE));
    }

    /** Replaces an environment's settings; completes with the revision. */
    public CompletableFuture<Long> put(String environment, EnvironmentSettings settings, String who) {
        return put(EnvironmentSettings.key(environment), settings.encode(), who, "environment.settings", environment);
    }

    private CompletableFuture<Long> put(Bytes key, Bytes value, String who, String action, String target) {
        List<Operation> both = List.of(Operation.Put.of(key, value), audit.record(who, action, target, ""));
        return reads.run(new Operation.Txn(List.of(), both, List.of())).thenApply(Reads.Done::revision);
    }
}
