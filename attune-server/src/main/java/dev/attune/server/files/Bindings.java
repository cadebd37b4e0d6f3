package dev.attune.server.files;

import dev.attune.config.format.Document;
import dev.attune.config.format.Documents;
import dev.attune.config.release.Bound;
import dev.attune.config.release.FileKeys;
import dev.attune.config.release.Lookup;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.config.resolve.Binder;
import dev.attune.config.resolve.FileName;
import dev.attune.config.resolve.Layer;
import dev.attune.config.settings.FileSettings;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.config.Coordinate;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.KeyValue;
import dev.attune.model.kv.Operation;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Fixes what a text's imports and references stand for, from the files that are current now; the compares it returns
 * fail when one of them moves before the release is written.
 */
final class Bindings {
    private final Reads reads;

    Bindings(Reads reads) {
        this.reads = reads;
    }

    /**
     * What a file's references may also mean: layers that are about to be released with it.
     *
     * @param layers by coordinate
     */
    record Pending(Map<Coordinate, Layer> layers) {
        static final Pending NOTHING = new Pending(Map.of());
    }

    /** What to write with the text. Fails with {@code INVALID_ARGUMENT} and the place that cannot be resolved. */
    CompletableFuture<Bound> of(Ground ground, Document text, Pending pending) {
        try {
            Binder binder = new Binder(ground.file(), text);
            if (!binder.isNeeded()) return CompletableFuture.completedFuture(Bound.NOTHING);
            return provide(binder, ground, pending, new ArrayList<>());
        } catch (AttuneException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Bound> provide(Binder binder, Ground ground, Pending pending, List<Compare> compares) {
        Iterator<FileName> missing = binder.missing().iterator();
        if (!missing.hasNext()) return CompletableFuture.completedFuture(new Bound(binder.bind(), compares, List.of()));
        FileName name = missing.next();
        return layer(ground, name, pending, compares).thenCompose(layer -> {
            binder.provide(name, layer.orElse(null));
            return provide(binder, ground, pending, compares);
        });
    }

    private CompletableFuture<Optional<Layer>> layer(
            Ground ground, FileName name, Pending pending, List<Compare> compares) {
        Coordinate reader = ground.file();
        List<Coordinate> places = new ArrayList<>();
        for (String cluster : Lookup.order(reader.cluster(), ""))
            places.add(new Coordinate(reader.environment(), name.application(), cluster, name.file()));
        List<Operation> wanted = new ArrayList<>();
        for (Coordinate place : places) wanted.add(Operation.Range.of(KeyRange.key(FileKeys.pointer(place))));
        Bytes settings = FileSettings.key(reader.environment(), name.application(), name.file());
        wanted.add(Operation.Range.of(KeyRange.key(settings)));
        return reads.all(wanted, ground.level()).thenCompose(found -> {
            boolean own = name.application().equals(reader.application());
            KeyValue said = found.get(places.size());
            compares.add(Compare.modRevisionIs(settings, said == null ? 0 : said.modRevision()));
            if (!own && (said == null || !FileSettings.decode(said.value()).shared()))
                return CompletableFuture.completedFuture(Optional.empty());
            for (int i = 0; i < places.size(); i++) {
                KeyValue at = found.get(i);
                Coordinate place = places.get(i);
                Layer soon = pending.layers.get(place);
                if (soon != null) return CompletableFuture.completedFuture(Optional.of(soon));
                compares.add(Compare.modRevisionIs(FileKeys.pointer(place), at == null ? 0 : at.modRevision()));
                Pointer pointer = at == null ? null : Pointer.decode(at);
                if (pointer != null && !pointer.isDeleted()) return released(place, pointer);
            }
            return CompletableFuture.completedFuture(Optional.empty());
        });
    }

    private CompletableFuture<Optional<Layer>> released(Coordinate place, Pointer pointer) {
        Bytes key = FileKeys.release(place, pointer.stable());
        return reads.one(key, ReadLevel.STALE).thenApply(found -> found.map(each -> layer(place, each)));
    }

    private static Layer layer(Coordinate place, KeyValue stored) {
        StoredRelease release = StoredRelease.decode(stored);
        @Nullable Map<String, String> keys =
                Documents.keys(place.file(), release.release().text());
        return Layer.of(place, release.release().number(), keys == null ? Map.of() : keys, release.bindings());
    }
}
