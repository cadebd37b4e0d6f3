package dev.attune.spring.live;

import dev.attune.client.config.ConfigChange;
import dev.attune.model.config.FileContent;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.context.ApplicationEvent;

/**
 * New releases of an application's files are in force: one event for each update, however many keys it changed,
 * published after beans and values were replaced, in order, by the client's listener thread, which a listener must not
 * block for long.
 */
public final class AttuneReleaseEvent extends ApplicationEvent {
    private static final long serialVersionUID = 1L;

    private final String application;
    private final transient ConfigChange change;

    public AttuneReleaseEvent(Object source, String application, ConfigChange change) {
        super(source);
        this.application = application;
        this.change = change;
    }

    /** Whose files. */
    public String application() {
        return application;
    }

    /** The changed files that there are now, and their release numbers. */
    public Map<String, Long> releases() {
        Map<String, Long> releases = new TreeMap<>();
        for (String name : change.changedFiles()) {
            FileContent file = change.after().files().get(name);
            if (file != null) releases.put(name, file.release());
        }
        return releases;
    }

    /** Keys that were added, removed or have another value, in order. */
    public Set<String> changedKeys() {
        return change.changedKeys();
    }

    /** Whether a key at or below {@code prefix} changed. */
    public boolean hasChanged(String prefix) {
        return changedKeys().stream()
                .anyMatch(key -> key.equals(prefix) || key.startsWith(prefix + ".") || key.startsWith(prefix + "["));
    }

    /** The former value of a key in the centre. */
    public Optional<String> oldValue(String key) {
        return change.oldValue(key);
    }

    /** The present value of a key in the centre. */
    public Optional<String> newValue(String key) {
        return change.newValue(key);
    }
}
