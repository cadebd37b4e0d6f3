package dev.attune.client.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What lies over and under the values of the centre: system properties, then environment variables, then the centre,
 * then bundled defaults. Only keys that the centre or the defaults have are looked for, so that an unrelated variable
 * never becomes configuration.
 *
 * @param over gives the value that wins over the centre's, null for none
 * @param under values for keys that the centre does not have
 */
public record Layers(Function<String, @Nullable String> over, Map<String, String> under) {
    /** The centre alone. */
    public static final Layers NONE = new Layers(key -> null, Map.of());

    public Layers {
        under = Map.copyOf(under);
    }

    /**
     * With the process's system properties (by key) and environment variables (in upper case, everything but letters
     * and digits as {@code _}: {@code pool.max-size} is {@code POOL_MAX_SIZE}) over the centre.
     */
    public static Layers ofProcess(Map<String, String> defaults) {
        Map<String, String> environment = System.getenv();
        return new Layers(
                key -> {
                    String property = System.getProperty(key);
                    return property != null ? property : environment.get(variable(key));
                },
                defaults);
    }

    static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    Map<String, String> laidRound(Map<String, String> centre) {
        Map<String, String> all = new LinkedHashMap<>(centre);
        under.forEach(all::putIfAbsent);
        all.replaceAll((key, value) -> {
            String wins = over.apply(key);
            return wins == null ? value : wins;
        });
        return all;
    }
}
