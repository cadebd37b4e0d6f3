package dev.attune.simulator.fleet;

import dev.attune.model.config.Coordinate;
import java.util.Comparator;
import java.util.List;

/** The files of a world, and their order. */
final class Coordinates {
    static final Comparator<Coordinate> ORDER = Comparator.comparing(Coordinate::toString);

    /** All instances read all of them. */
    static final List<Coordinate> FILES = List.of(
            new Coordinate("prod", "orders", "default", "a.yaml"),
            new Coordinate("prod", "orders", "default", "b.yaml"),
            new Coordinate("prod", "orders", "default", "c.json"));

    private Coordinates() {}
}
