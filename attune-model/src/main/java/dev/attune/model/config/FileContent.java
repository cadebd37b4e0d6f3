package dev.attune.model.config;

import dev.attune.model.Bytes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file as an instance sees it: after the lookup by cluster, data centre and {@code default}.
 *
 * @param file its name
 * @param cluster the cluster this content came from
 * @param release number of the current release there
 * @param revision since when that release is current
 * @param sha256 of {@code text}, 64 hexadecimal digits
 * @param text byte for byte as it was released
 * @param keys the flattened keys in document order, {@code a.b[0].c} for nested ones; null when the format has no
 *     keys or none that Attune reads (text)
 */
public record FileContent(
        String file,
        String cluster,
        long release,
        long revision,
        String sha256,
        Bytes text,
        @Nullable Map<String, String> keys) {
    public FileContent {
        Names.require("file", file);
        Names.require("cluster", cluster);
        if (release < 1) throw new IllegalArgumentException("release: " + release + " (expected: >= 1)");
        if (revision < 1) throw new IllegalArgumentException("revision: " + revision + " (expected: >= 1)");
        if (sha256.length() != 64)
            throw new IllegalArgumentException("sha256: " + sha256.length() + " digits (expected: 64)");
        if (keys != null) keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    /** Whether both show the same release with the same text and keys, at whatever revision. */
    public boolean showsSameAs(FileContent other) {
        return file.equals(other.file)
                && cluster.equals(other.cluster)
                && release == other.release
                && sha256.equals(other.sha256)
                && Objects.equals(keys, other.keys);
    }
}
