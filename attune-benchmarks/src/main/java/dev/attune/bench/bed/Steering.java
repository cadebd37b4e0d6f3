package dev.attune.bench.bed;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** A way to choose a setting while the service runs. Used by one thread, for one run. */
interface Steering {
    /** What a service is started with besides its settings; asked once for each node, before all else. */
    default List<String> arguments(int node) throws IOException {
        return List.of();
    }

    /** The service runs with the first setting and is warm. */
    default void begin(List<ServiceProcess> nodes) throws IOException {}

    /** Whether the services take their settings from elsewhere, so that {@link #next} only tells what they are. */
    default boolean elsewhere() {
        return false;
    }

    /** Half way between two ticks: when a client would tell its measurements. */
    default void heard(List<ServiceProcess.Stats> nodes) {}

    /**
     * The settings from now on, one for each node.
     *
     * @param look what the tick that ends now showed
     */
    List<Integer> next(Look look);

    /** What it did worth telling, in a few words; empty for nothing. */
    default String remark() {
        return "";
    }

    /** The same everywhere. */
    static List<Integer> all(Look look, double value) {
        return Collections.nCopies(look.nodes().size(), (int) Math.round(value));
    }
}
