package dev.attune.bench.bed;

import java.util.function.Supplier;

/**
 * One of those that are compared.
 *
 * @param name in tables, charts and on the command line
 * @param kind what it is
 * @param start the setting that it begins with
 * @param nodes service processes that it steers; what is compared is always the figure of one
 * @param steering a new one for each run
 */
record Contender(String name, Kind kind, int start, int nodes, Supplier<Steering> steering) {
    /** What it is. */
    enum Kind {
        /** One setting for ever. */
        FIXED,
        /** A known way to set it while the service runs. */
        RULE,
        /** Attune. */
        ATTUNE
    }

    static Contender fixed(int setting) {
        return new Contender("static " + setting, Kind.FIXED, setting, 1, Rules.Fixed::new);
    }
}
