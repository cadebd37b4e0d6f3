package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import dev.attune.model.rollout.Directive;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a node says to an instance. */
sealed interface Message {
    private static SortedMap<Coordinate, Long> sorted(Map<Coordinate, Long> releases) {
        TreeMap<Coordinate, Long> sorted = new TreeMap<>(Coordinates.ORDER);
        sorted.putAll(releases);
        return sorted;
    }

    /** The complete configuration as of a revision: which release of each file. */
    record Update(long revision, Map<Coordinate, Long> state) implements Message {
        public Update {
            state = Collections.unmodifiableMap(Message.sorted(state));
        }
    }

    /**
     * A directive.
     *
     * @param candidate the releases that the rollout would bring; for {@code PREPARE}, else empty
     */
    record Ask(Directive directive, Map<Coordinate, Long> candidate) implements Message {
        public Ask {
            candidate = Collections.unmodifiableMap(Message.sorted(candidate));
        }
    }
}
