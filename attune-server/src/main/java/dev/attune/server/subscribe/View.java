package dev.attune.server.subscribe;

import dev.attune.model.config.ConfigUpdate;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The subscribers that look in the same places, and what they are told, made once for all of them that also get the
 * same gray releases. One thread.
 */
final class View {
    // Distinct revisions that reconnecting clients resume from, between two changes.
    private static final int RESUMES_MAX = 256;

    final ViewKey key;
    private final UnaryOperator<ConfigUpdate> shown;
    final Set<Subscriber> members = new LinkedHashSet<>();
    private final Map<Resume, Optional<SharedUpdate>> since = new HashMap<>();
    private final Map<Selection, SharedUpdate> complete = new HashMap<>();
    private final Map<Switch, SharedUpdate> switches = new HashMap<>();

    /** From where on who is told. */
    private record Resume(Selection selection, long earlier) {}

    /** What would change for whom. */
    private record Switch(Selection now, Selection then) {}

    View(ViewKey key, UnaryOperator<ConfigUpdate> shown) {
        this.key = key;
        this.shown = shown;
    }

    private SharedUpdate shared(ConfigUpdate update) {
        return new SharedUpdate(shown.apply(update));
    }

    /** Forgets what was made from an older state. */
    void stateMoved() {
        since.clear();
        complete.clear();
        switches.clear();
    }

    /** The update that would come if the rollout switched everybody now; without files when nothing would change. */
    SharedUpdate afterSwitch(ApplicationState state, Subscriber member, long rollout) {
        Switch one = new Switch(state.selection(member.instance), state.selectionAfter(member.instance, rollout));
        return switches.computeIfAbsent(one, each -> shared(state.difference(key, each.now, each.then)));
    }

    SharedUpdate complete(ApplicationState state, Subscriber member) {
        Selection selection = state.selection(member.instance);
        return complete.computeIfAbsent(selection, each -> shared(state.complete(key, each)));
    }

    Optional<SharedUpdate> since(ApplicationState state, Subscriber member, long earlier) {
        if (since.size() > RESUMES_MAX) since.clear();
        return since.computeIfAbsent(
                new Resume(state.selection(member.instance), earlier),
                from -> state.since(key, from.selection, from.earlier).map(this::shared));
    }

    /** Tells each member what changed for it after {@code earlier} among these files. */
    void tell(ApplicationState state, Collection<String> names, long earlier) {
        Map<Selection, Optional<SharedUpdate>> made = new HashMap<>();
        for (Subscriber member : members)
            made.computeIfAbsent(state.selection(member.instance), each -> state.changes(key, each, names, earlier)
                            .map(this::shared))
                    .ifPresent(member::tell);
    }
}
