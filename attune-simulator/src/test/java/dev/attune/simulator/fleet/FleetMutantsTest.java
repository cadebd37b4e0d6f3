package dev.attune.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.run.Campaign;
import dev.attune.simulator.run.Summary;
import dev.attune.simulator.world.SeedResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A checker of rollouts that has not caught a bug proves nothing")
final class FleetMutantsTest {
    private static final int SEEDS_MAX = 2_000;

    @ParameterizedTest
    @EnumSource(FleetMutant.class)
    void a_known_bug_is_caught_within_2000_seeds(FleetMutant mutant) throws InterruptedException {
        Summary summary = new Summary();
        new Campaign(seed -> FleetSimulation.run(seed, mutant.parts(), null), 2, 1).run(1, SEEDS_MAX, summary);
        assertThat(summary.failures()).as("seeds that caught %s", mutant).isNotEmpty();
        SeedResult caught = summary.failures().get(0);
        BrokenInvariant failure = caught.failure();
        System.out.printf("%s: seed %d, %s%n", mutant, caught.seed(), failure);
        assertThat(failure).isNotNull();
        if (failure != null) assertThat(mutant.noticed()).contains(failure.invariant());
    }
}
