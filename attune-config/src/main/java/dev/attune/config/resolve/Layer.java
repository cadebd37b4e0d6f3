package dev.attune.config.resolve;

import dev.attune.model.config.Coordinate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One release of one file, as it takes part in others.
 *
 * @param keys its own keys, references already bound, without those that say what it imports
 * @param imports what it imports, the strongest first
 */
public record Layer(Coordinate file, long release, Map<String, String> keys, List<FileName> imports) {
    public Layer {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        imports = List.copyOf(imports);
    }

    public FileName name() {
        return new FileName(file.application(), file.file());
    }

    /** A release with these keys as its text has them, and what its references are bound to. */
    public static Layer of(Coordinate file, long release, Map<String, String> keys, Map<String, String> bindings) {
        Map<String, String> own = new LinkedHashMap<>();
        keys.forEach((key, value) -> {
            if (!Imports.isImport(key)) own.put(key, References.bound(value, bindings));
        });
        return new Layer(file, release, own, Imports.of(file.application(), keys));
    }
}
