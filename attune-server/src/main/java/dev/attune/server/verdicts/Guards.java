package dev.attune.server.verdicts;

import dev.attune.tuning.expression.Language;
import dev.attune.tuning.policy.GuardSpec;
import dev.attune.tuning.policy.PolicyReader;
import dev.attune.tuning.signal.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the guards of rollouts. Safe to share between threads. */
public final class Guards {
    private @Nullable PolicyReader reader;

    /** The guards of a text; what is no list of guards fails with {@code INVALID_ARGUMENT} and the place. */
    public synchronized List<GuardSpec> read(String text) {
        PolicyReader made = reader;
        if (made == null) {
            // Takes a good part of a second, which a node that judges nothing need not spend.
            made = new PolicyReader(new Language());
            reader = made;
        }
        return made.guards(text);
    }

    /** The series that they read. */
    static List<Selector> selectors(List<GuardSpec> guards) {
        List<Selector> selectors = new ArrayList<>();
        for (GuardSpec each : guards) {
            if (each instanceof GuardSpec.Level level) {
                selectors.addAll(level.expression().selectors());
            } else if (each instanceof GuardSpec.Events events) {
                selectors.add(events.events());
                Selector exposure = events.exposure();
                if (exposure != null) selectors.add(exposure);
            }
        }
        return selectors;
    }
}
