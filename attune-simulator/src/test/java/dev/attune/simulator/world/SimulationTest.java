package dev.attune.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.run.Campaign;
import dev.attune.simulator.run.Summary;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("G1–G11, W1–W11: a cluster under every fault keeps its promises")
final class SimulationTest {
    private static final int SEEDS = 1_000;

    @Test
    void a_thousand_seeds_break_no_invariant_and_reach_every_marked_state() throws InterruptedException {
        Summary summary = new Summary();
        new Campaign(Simulation::run, 2, 3).run(1, SEEDS, summary);
        assertThat(summary.failures().stream().map(each -> each.seed() + ": " + each.failure()))
                .as("failed seeds")
                .isEmpty();
        assertThat(summary.undecided()).as("seeds whose order was not decided").isLessThan(SEEDS / 100);
        assertThat(summary.unreached()).as("states never reached").isEmpty();
        assertThat(summary.faults())
                .allSatisfy((kind, count) -> assertThat(count).as(kind.name()).isPositive());
    }

    @Test
    void the_menu_has_thirty_kinds_of_fault_and_thirty_marked_states() {
        assertThat(FaultKind.values()).hasSizeGreaterThanOrEqualTo(30);
        assertThat(Marker.values()).hasSizeGreaterThanOrEqualTo(30);
    }

    @Test
    void one_seed_run_twice_does_the_same() {
        for (long seed : List.of(3L, 77L, 4_711L)) {
            SeedResult first = Simulation.run(seed);
            SeedResult second = Simulation.run(seed);
            assertThat(second.traceHash()).as("trace of seed %d", seed).isEqualTo(first.traceHash());
            assertThat(second.figures().events()).isEqualTo(first.figures().events());
        }
    }
}
