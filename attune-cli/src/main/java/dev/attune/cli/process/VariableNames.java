package dev.attune.cli.process;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Environment variables for configuration keys. A name keeps letters, digits and underscores, every other character
 * becomes an underscore, a leading digit gets one before it, and all is upper case: {@code db.pool[0].max-size} is
 * {@code DB_POOL_0__MAX_SIZE}, as Spring's and MicroProfile's lookups accept it.
 */
public final class VariableNames {
    private VariableNames() {}

    /** The variable for one key. */
    public static String of(String key) {
        var name = new StringBuilder(key.length() + 1);
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean kept = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
            if (i == 0 && c >= '0' && c <= '9') name.append('_');
            name.append(kept ? c : '_');
        }
        return name.toString().toUpperCase(Locale.ROOT);
    }

    /**
     * The variables for all keys, in their order; {@code prefix} comes before each name. When two keys make the same
     * name the later one wins. A value with a NUL cannot be in an environment and is refused.
     */
    public static Map<String, String> of(Map<String, String> keys, String prefix) {
        var variables = new LinkedHashMap<String, String>();
        keys.forEach((key, value) -> {
            if (key.isEmpty()) return;
            if (value.indexOf('\0') >= 0) throw new IllegalArgumentException("value of " + key + ": holds a NUL");
            variables.put(of(prefix + key), value);
        });
        return variables;
    }
}
