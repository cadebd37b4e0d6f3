package dev.attune.bench.bed;

import java.util.List;

/**
 * What all contenders meet: the key that they set, what else holds, and how the world changes.
 *
 * @param key that is set: {@code pool} or {@code queue}
 * @param bounds of it
 * @param usual its default
 * @param other the setting of the other key, which nobody changes
 * @param phases in their order
 */
record Bed(String key, Bounds bounds, int usual, int other, List<Phase> phases) {
    Bed {
        if (!key.equals("pool") && !key.equals("queue"))
            throw new IllegalArgumentException("key: " + key + " (expected: pool or queue)");
        phases = List.copyOf(phases);
    }

    /** What a service is started with. */
    List<String> arguments(int setting) {
        return key.equals("pool")
                ? List.of(String.valueOf(setting), String.valueOf(other))
                : List.of(String.valueOf(other), String.valueOf(setting));
    }
}
