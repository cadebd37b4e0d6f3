package dev.attune.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.run.Campaign;
import dev.attune.simulator.run.Summary;
import dev.attune.simulator.world.SeedResult;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R1–R7, R9: rollouts over a fleet and a cluster under every fault keep their promises (checker E)")
final class FleetSimulationTest {
    private static final int SEEDS = 1_000;

    @Test
    void a_thousand_seeds_break_no_rule_end_every_rollout_and_reach_every_marked_state() throws InterruptedException {
        Summary summary = new Summary();
        new Campaign(FleetSimulation::run, 2, 3).run(1, SEEDS, summary);
        System.out.printf(
                "seeds 1 to %d: %d rollouts, %d virtual seconds%n", SEEDS, summary.calls(), summary.virtualSeconds());
        assertThat(summary.failures().stream().map(each -> each.seed() + ": " + each.failure()))
                .as("failed seeds")
                .isEmpty();
        assertThat(summary.answered()).as("rollouts that ended").isEqualTo(summary.calls());
        assertThat(summary.unreached()).as("states never reached").isEmpty();
    }

    @Test
    void one_seed_run_twice_does_the_same() {
        for (long seed : List.of(3L, 77L, 4_711L)) {
            SeedResult first = FleetSimulation.run(seed);
            SeedResult second = FleetSimulation.run(seed);
            assertThat(second.traceHash()).as("trace of seed %d", seed).isEqualTo(first.traceHash());
            assertThat(second.figures().events()).isEqualTo(first.figures().events());
        }
    }
}
