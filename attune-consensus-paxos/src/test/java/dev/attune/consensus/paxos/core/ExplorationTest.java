package dev.attune.consensus.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("G1: of three acceptors and two proposers, in every order of events, no slot gets two values")
final class ExplorationTest {
    private static final long STATES_MAX = 8_000_000;

    @ParameterizedTest(name = "{0} elections, {1} crashes, leaders propose: {2}")
    @CsvSource({"2,1,false", "1,1,true"})
    void everyState_hasOneValuePerSlot(int elections, int crashes, boolean proposals) {
        Exploration exploration = new Exploration(LocalStates.Bug.NONE, elections, crashes, proposals, STATES_MAX);

        String violation = exploration.run();

        System.out.println("explored: " + exploration);
        assertThat(violation).isNull();
        assertThat(exploration.isComplete()).as("explored to the end").isTrue();
    }

    @ParameterizedTest
    @CsvSource({"FORGETS_PROMISE,1", "OBEYS_LOWER_BALLOT,0", "HIDES_ACCEPTED,0"})
    void knownBug_isFoundBySameExploration(LocalStates.Bug bug, int crashes) {
        Exploration exploration = new Exploration(bug, 2, crashes, false, STATES_MAX);

        String violation = exploration.run();

        System.out.println(bug + ": " + violation + "; " + exploration);
        assertThat(violation).contains("both chosen");
    }
}
