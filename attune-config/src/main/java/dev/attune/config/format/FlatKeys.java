package dev.attune.config.format;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the flattened keys of one document within bounds, so that a small hostile text (aliases of aliases, long
 * paths) cannot grow into a large map.
 */
final class FlatKeys {
    private static final int KEYS_MAX = 10_000;
    private static final int KEY_LENGTH_MAX = 1024;
    private static final int VALUE_CHARACTERS_MAX = 8 << 20;

    private final Map<String, String> keys = new LinkedHashMap<>();
    private long valueCharacters;

    /** Adds a key that must be new. */
    void add(String key, String value, Place place) {
        if (keys.containsKey(key)) throw place.invalid("key appears twice: " + shortened(key));
        put(key, value, place);
    }

    /** Adds a key or replaces its value. */
    void put(String key, String value, Place place) {
        if (key.length() > KEY_LENGTH_MAX)
            throw place.invalid("key: " + key.length() + " characters (expected: <= " + KEY_LENGTH_MAX + ")");
        if (keys.size() >= KEYS_MAX && !keys.containsKey(key))
            throw place.invalid("keys: more than " + KEYS_MAX + " in one file");
        valueCharacters += value.length();
        if (valueCharacters > VALUE_CHARACTERS_MAX)
            throw place.invalid("values: more than " + VALUE_CHARACTERS_MAX + " characters in one file");
        keys.put(key, value);
    }

    /** The path of {@code name} below {@code parent}. */
    static String child(String parent, String name, Place place) {
        if (parent.length() + name.length() > KEY_LENGTH_MAX)
            throw place.invalid("key: more than " + KEY_LENGTH_MAX + " characters");
        return parent.isEmpty() ? name : parent + "." + name;
    }

    static String element(String parent, int index) {
        return parent + "[" + index + "]";
    }

    Map<String, String> toMap() {
        return keys;
    }

    static String shortened(String key) {
        return key.length() <= 80 ? key : key.substring(0, 80) + "…";
    }
}
