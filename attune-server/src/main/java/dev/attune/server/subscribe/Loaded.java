package dev.attune.server.subscribe;

import dev.attune.config.format.Documents;
import dev.attune.config.format.InvalidDocumentException;
import dev.attune.config.release.Pointer;
import dev.attune.config.release.StoredRelease;
import dev.attune.config.resolve.Layer;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.Release;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One release, parsed once.
 *
 * @param content as an instance sees it that imports nothing
 * @param layer its part in others; null when it has no keys
 */
record Loaded(FileContent content, @Nullable Layer layer) {
    static Loaded of(Coordinate file, Pointer pointer, StoredRelease stored) {
        Release release = stored.release();
        Map<String, String> keys = keys(file, release);
        Layer layer = keys == null ? null : layer(file, stored, keys);
        FileContent content = new FileContent(
                file.file(),
                file.cluster(),
                release.number(),
                pointer.revision(),
                release.sha256(),
                release.text(),
                layer == null ? keys : layer.keys());
        return new Loaded(content, layer);
    }

    private static @Nullable Map<String, String> keys(Coordinate file, Release release) {
        try {
            return Documents.keys(file.file(), release.text());
        } catch (InvalidDocumentException e) {
            // Written before the present rules: the text is the truth, the keys only an index of it.
            return null;
        }
    }

    private static @Nullable Layer layer(Coordinate file, StoredRelease stored, Map<String, String> keys) {
        try {
            return Layer.of(file, stored.release().number(), keys, stored.bindings());
        } catch (IllegalArgumentException e) {
            // As above: written before imports were checked.
            return null;
        }
    }

    boolean importsAny() {
        return layer != null && !layer.imports().isEmpty();
    }
}
