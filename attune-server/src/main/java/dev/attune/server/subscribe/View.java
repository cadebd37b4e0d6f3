package dev.attune.server.subscribe;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The subscribers that see the same, and what they are told, made once for all of them. One thread. */
final class View {
    // Distinct revisions that reconnecting clients resume from, between two changes.
    private static final int RESUMES_MAX = 256;

    final ViewKey key;
    final Set<Subscriber> members = new LinkedHashSet<>();
    private final Map<Long, Optional<SharedUpdate>> since = new HashMap<>();
    private @Nullable SharedUpdate complete;

    View(ViewKey key) {
        this.key = key;
    }

    /** Forgets what was made from an older state. */
    void stateMoved() {
        since.clear();
        complete = null;
    }

    SharedUpdate complete(ApplicationState state) {
        SharedUpdate update = complete;
        if (update == null) {
            update = new SharedUpdate(state.complete(key));
            complete = update;
        }
        return update;
    }

    Optional<SharedUpdate> since(ApplicationState state, long earlier) {
        if (since.size() > RESUMES_MAX) since.clear();
        return since.computeIfAbsent(earlier, from -> state.since(key, from).map(SharedUpdate::new));
    }
}
