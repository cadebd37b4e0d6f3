package dev.attune.config.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Differences between two flattened key maps: changed and removed keys in old order, then added ones in new order. */
public final class KeyDiff {
    private KeyDiff() {}

    /**
     * One key that differs.
     *
     * @param before null when the key is new
     * @param after null when the key is gone
     */
    public record Entry(String key, @Nullable String before, @Nullable String after) {}

    public static List<Entry> between(Map<String, String> before, Map<String, String> after) {
        List<Entry> entries = new ArrayList<>();
        before.forEach((key, old) -> {
            String now = after.get(key);
            if (!old.equals(now)) entries.add(new Entry(key, old, now));
        });
        after.forEach((key, now) -> {
            if (!before.containsKey(key)) entries.add(new Entry(key, null, now));
        });
        return entries;
    }
}
