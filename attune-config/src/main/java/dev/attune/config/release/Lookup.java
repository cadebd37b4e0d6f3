package dev.attune.config.release;

import dev.attune.model.config.Coordinate;
import java.util.LinkedHashSet;
import java.util.List;

/** Which cluster's file an instance sees (DESIGN §3). */
public final class Lookup {
    private Lookup() {}

    /**
     * The clusters to look in, the first that has the file wins: the instance's own, its data centre's, then
     * {@code default}; each once.
     *
     * @param dataCentre empty for none
     */
    public static List<String> order(String cluster, String dataCentre) {
        LinkedHashSet<String> order = new LinkedHashSet<>();
        order.add(cluster);
        if (!dataCentre.isEmpty()) order.add(dataCentre);
        order.add(Coordinate.DEFAULT_CLUSTER);
        return List.copyOf(order);
    }
}
