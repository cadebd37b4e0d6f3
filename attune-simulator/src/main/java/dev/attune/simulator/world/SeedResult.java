package dev.attune.simulator.world;

import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.reach.Reach;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one seed.
 *
 * @param failure null when everything held
 * @param last what happened last, for people
 * @param traceHash equal for two runs exactly when they did the same
 */
public record SeedResult(
        long seed, @Nullable BrokenInvariant failure, List<String> last, long traceHash, Figures figures) {
    /**
     * How much a run did.
     *
     * @param chosen positions of the log
     * @param undecided whether the search for an order of the calls ran out of steps
     */
    public record Figures(
            long events,
            long virtualMicros,
            long calls,
            long answered,
            long chosen,
            boolean undecided,
            FaultCounts faults,
            Reach reach) {}

    public boolean passed() {
        return failure == null;
    }
}
