package dev.attune.client.config;

import dev.attune.model.config.FileContent;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The step from one snapshot to the next. */
public record ConfigChange(ConfigSnapshot before, ConfigSnapshot after) {
    /** Keys that were added, removed or have another value, in order. */
    public Set<String> changedKeys() {
        return different(before.keys(), after.keys());
    }

    /** Files that were added, removed or have another text, in order. */
    public Set<String> changedFiles() {
        Set<String> changed = new TreeSet<>();
        for (String name : different(before.files(), after.files())) {
            FileContent old = before.files().get(name);
            FileContent now = after.files().get(name);
            if (old == null
                    || now == null
                    || old.release() != now.release()
                    || !old.sha256().equals(now.sha256())
                    || !Objects.equals(old.keys(), now.keys())) changed.add(name);
        }
        return changed;
    }

    /** The former value of a key. */
    public Optional<String> oldValue(String key) {
        return Optional.ofNullable(before.keys().get(key));
    }

    /** The present value of a key. */
    public Optional<String> newValue(String key) {
        return Optional.ofNullable(after.keys().get(key));
    }

    private static <V> Set<String> different(Map<String, V> before, Map<String, V> after) {
        Set<String> changed = new TreeSet<>();
        before.forEach((key, value) -> {
            if (!Objects.equals(after.get(key), value)) changed.add(key);
        });
        for (String key : after.keySet()) if (!before.containsKey(key)) changed.add(key);
        return changed;
    }
}
