package dev.attune.config.resolve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a file laid over those of the files it imports, each with the layer it came from. A file wins over what
 * it imports, an earlier import over a later one. A list is taken whole from the strongest layer that has it.
 *
 * @param values in document order, the strongest layer's first
 * @param layers every layer that took part, the strongest first
 */
public record Effective(Map<String, Value> values, Set<Layer> layers) {
    /** One value and where it came from. */
    public record Value(String text, Layer layer) {}

    public Effective {
        values = Collections.unmodifiableMap(values);
        layers = Collections.unmodifiableSet(layers);
    }

    /** Lays {@code top} over its imports; imports that {@code find} does not have are left out. */
    public static Effective of(Layer top, Function<FileName, @Nullable Layer> find) {
        Map<String, Value> values = new LinkedHashMap<>();
        Set<Layer> layers = new LinkedHashSet<>();
        lay(top, find, values, layers, new LinkedHashSet<>());
        return new Effective(values, layers);
    }

    private static void lay(
            Layer layer,
            Function<FileName, @Nullable Layer> find,
            Map<String, Value> values,
            Set<Layer> layers,
            Set<FileName> seen) {
        // What was laid already is stronger; this also ends a cycle.
        if (!seen.add(layer.name())) return;
        layers.add(layer);
        Set<String> lists = lists(values);
        layer.keys().forEach((key, text) -> {
            int element = key.indexOf('[');
            if (element < 0 || !lists.contains(key.substring(0, element)))
                values.putIfAbsent(key, new Value(text, layer));
        });
        for (FileName each : layer.imports()) {
            Layer below = find.apply(each);
            if (below != null) lay(below, find, values, layers, seen);
        }
    }

    private static Set<String> lists(Map<String, Value> values) {
        Set<String> lists = new LinkedHashSet<>();
        for (String key : values.keySet()) {
            int element = key.indexOf('[');
            if (element > 0) lists.add(key.substring(0, element));
        }
        return lists;
    }

    /** The values alone. */
    public Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        values.forEach((key, value) -> keys.put(key, value.text()));
        return keys;
    }
}
