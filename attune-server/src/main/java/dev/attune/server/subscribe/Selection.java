package dev.attune.server.subscribe;

import dev.attune.model.config.Coordinate;
import java.util.Map;

/**
 * Which gray releases an instance gets; files that are not named give their stable one. Instances with an equal
 * selection and an equal view see the same.
 */
record Selection(Map<Coordinate, Long> releases) {
    static final Selection STABLE = new Selection(Map.of());

    Selection {
        releases = Map.copyOf(releases);
    }
}
