package dev.attune.simulator.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.run.Campaign;
import dev.attune.simulator.run.Summary;
import dev.attune.simulator.world.SeedResult;
import dev.attune.simulator.world.Simulation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A simulator that has not caught a bug proves nothing")
final class MutantsTest {
    private static final int SEEDS_MAX = 2_000;

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void a_known_bug_is_caught_within_2000_seeds(Mutant mutant) throws InterruptedException {
        Summary summary = new Summary();
        new Campaign(seed -> Simulation.run(seed, mutant.parts(), null), 2, 1).run(1, SEEDS_MAX, summary);
        assertThat(summary.failures()).as("seeds that caught %s", mutant).isNotEmpty();
        SeedResult caught = summary.failures().get(0);
        System.out.printf("%s: seed %d, %s%n", mutant, caught.seed(), firstLine(caught));
    }

    private static String firstLine(SeedResult caught) {
        String text = String.valueOf(caught.failure());
        int end = text.indexOf('\n');
        return text.substring(0, Math.min(160, end < 0 ? text.length() : end));
    }
}
