package dev.attune.simulator.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.simulator.run.Campaign;
import dev.attune.simulator.run.Summary;
import dev.attune.simulator.world.SeedResult;
import dev.attune.simulator.world.Simulation;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A simulator that has not caught a bug proves nothing")
final class MutantsTest {
    private static final int SEEDS_MAX = 2_000;

    // A fifth of that for most, so that a change of the core, which moves all seeds, does not turn luck into failure.
    private static final int SEEDS_USUAL = 400;

    // About one seed in a hundred or two shows them: a reader, or a holder, must ask a leader that does not know of the
    // next one, or a watch must begin exactly where history does and find a delete there.
    private static final Set<Mutant> RARE = Set.of(
            Mutant.READS_BY_CLOCK,
            Mutant.READS_WITHOUT_QUORUM,
            Mutant.KEEPS_ALIVE_WITHOUT_QUORUM,
            Mutant.LOSES_DELETES_AT_COMPACTION);

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void a_known_bug_is_caught_within_2000_seeds_most_within_400(Mutant mutant) throws InterruptedException {
        Summary summary = new Summary();
        int seeds = RARE.contains(mutant) ? SEEDS_MAX : SEEDS_USUAL;
        new Campaign(seed -> Simulation.run(seed, mutant.parts(), null), 2, 1).run(1, seeds, summary);
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
