package dev.attune.server.files;

import dev.attune.config.format.Document;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Lookup;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.config.schema.FileSchema;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Checks texts against the schema that their file names; schemas stay compiled. Callable from any thread. */
final class Schemas {
    private static final int KEPT_MAX = 64;

    private final Reads reads;
    private final Map<String, FileSchema> compiled = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FileSchema> eldest) {
            return size() > KEPT_MAX;
        }
    });

    Schemas(Reads reads) {
        this.reads = reads;
    }

    /**
     * Completes with the compares that hold while the schema is still the one that was checked. Fails with {@code
     * INVALID_ARGUMENT} when the text does not fit, or is itself a schema that is none.
     */
    CompletableFuture<List<Compare>> check(Ground ground, Document text) {
        Coordinate file = ground.file();
        FileSettings settings = ground.settings();
        try {
            if (file.file().endsWith(FileSchema.SUFFIX)) FileSchema.of(text);
        } catch (InvalidDocumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (settings.schema().isEmpty()) return CompletableFuture.completedFuture(List.of());
        List<Coordinate> places = new ArrayList<>();
        List<Operation> wanted = new ArrayList<>();
        for (String cluster : Lookup.order(file.cluster(), "")) {
            Coordinate place = new Coordinate(file.environment(), file.application(), cluster, settings.schema());
            places.add(place);
            wanted.add(Operation.Range.of(KeyRange.key(FileKeys.pointer(place))));
        }
        return reads.all(wanted, ground.level()).thenCompose(found -> {
            List<Compare> compares = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                KeyValue at = found.get(i);
                Coordinate place = places.get(i);
                compares.add(Compare.modRevisionIs(FileKeys.pointer(place), at == null ? 0 : at.modRevision()));
                Pointer pointer = at == null ? null : Pointer.decode(at);
                if (pointer != null && !pointer.isDeleted())
                    return schema(place, pointer).thenApply(schema -> {
                        schema.check(text);
                        return compares;
                    });
            }
            throw new InvalidDocumentException(
                    0, 0, "schema: there is no file " + settings.schema() + " (expected: release it first)");
        });
    }

    private CompletableFuture<FileSchema> schema(Coordinate place, Pointer pointer) {
        FileSchema known = compiled.get(pointer.sha256());
        if (known != null) return CompletableFuture.completedFuture(known);
        return reads.one(FileKeys.release(place, pointer.stable()), ReadLevel.STALE)
                .thenApply(found -> {
                    StoredRelease stored = StoredRelease.decode(found.orElseThrow());
                    FileSchema schema =
                            FileSchema.of(place.file(), stored.release().text());
                    compiled.put(pointer.sha256(), schema);
                    return schema;
                });
    }
}
