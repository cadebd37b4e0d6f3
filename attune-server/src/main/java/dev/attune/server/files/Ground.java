package dev.attune.server.files;

import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Pointer;
import dev.attune.config.settings.EnvironmentSettings;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a write to a file rests on, read at one revision.
 *
 * @param pointer empty when there never was such a file
 * @param unchanged hold while the settings are still these
 * @param level how new whatever else the write rests on must be
 */
record Ground(
        Coordinate file,
        Optional<Pointer> pointer,
        FileSettings settings,
        EnvironmentSettings environment,
        List<Compare> unchanged,
        ReadLevel level,
        long revision) {

    /** The settings that were read before. */
    record Known(Decoded<FileSettings> files, Decoded<EnvironmentSettings> environments) {
        Known() {
            this(new Decoded<>(FileSettings::decode), new Decoded<>(EnvironmentSettings::decode));
        }
    }

    static CompletableFuture<Ground> read(Reads reads, Known known, Coordinate file, ReadLevel level) {
        var pointerKey = FileKeys.pointer(file);
        var settingsKey = FileSettings.key(file.environment(), file.application(), file.file());
        var environmentKey = EnvironmentSettings.key(file.environment());
        List<Operation> ranges = List.of(
                Operation.Range.of(KeyRange.key(pointerKey)),
                Operation.Range.of(KeyRange.key(settingsKey)),
                Operation.Range.of(KeyRange.key(environmentKey)));
        return reads.all(ranges, level).thenApply(found -> {
            KeyValue pointer = found.get(0);
            KeyValue settings = found.get(1);
            KeyValue environment = found.get(2);
            return new Ground(
                    file,
                    Optional.ofNullable(pointer).map(Pointer::decode),
                    settings == null ? FileSettings.NONE : known.files().of(settings),
                    environment == null
                            ? EnvironmentSettings.NONE
                            : known.environments().of(environment),
                    List.of(
                            Compare.modRevisionIs(settingsKey, revision(settings)),
                            Compare.modRevisionIs(environmentKey, revision(environment))),
                    level,
                    found.revision());
        });
    }

    private static long revision(@Nullable KeyValue found) {
        return found == null ? 0 : found.modRevision();
    }

    /** The file as it is; fails with {@code NOT_FOUND} when there is none. */
    Pointer present() {
        return pointer.filter(p -> !p.isDeleted())
                .orElseThrow(() -> dev.attune.config.release.FilePlanner.notFound(file));
    }
}
