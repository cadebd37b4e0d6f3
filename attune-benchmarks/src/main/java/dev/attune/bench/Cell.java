package dev.attune.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One measurement.
 *
 * @param name by which it is chosen
 * @param nodes of the cluster it runs on; several cells share a cluster
 * @param count concurrent calls, watchers or files; 0 where it does not apply
 */
record Cell(String name, Kind kind, int nodes, int count) {
    enum Kind {
        START,
        MEMORY,
        WRITES,
        READS,
        PROPAGATION,
        FAN_OUT,
        RESTART
    }

    /** All, in the order in which they are run. */
    static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        cells.add(new Cell("cold-start", Kind.START, 1, 0));
        cells.add(new Cell("idle-memory", Kind.MEMORY, 1, 0));
        for (int nodes : new int[] {1, 3}) {
            for (int callers : new int[] {1, 16, 64, 256})
                cells.add(new Cell("writes-" + nodes + "node-" + callers, Kind.WRITES, nodes, callers));
        }
        cells.add(new Cell("reads-64", Kind.READS, 3, 64));
        cells.add(new Cell("propagation", Kind.PROPAGATION, 3, 1));
        for (int watchers : new int[] {1_000, 10_000})
            cells.add(new Cell("fan-out-" + watchers, Kind.FAN_OUT, 1, watchers));
        // The last on its cluster, which it leaves full.
        cells.add(new Cell("files-100000", Kind.RESTART, 1, 100_000));
        return cells;
    }

    /** Whether a system must be at its working speed before. */
    boolean needsWarmth() {
        return kind != Kind.START && kind != Kind.MEMORY;
    }

    /** Those named; all when none is. */
    static List<Cell> named(Set<String> names) {
        for (String name : names) {
            if (all().stream().noneMatch(cell -> cell.name().equals(name)))
                throw new IllegalArgumentException("--only: " + name + " (expected: "
                        + all().stream().map(Cell::name).toList() + ")");
        }
        return all().stream()
                .filter(cell -> names.isEmpty() || names.contains(cell.name()))
                .toList();
    }
}
