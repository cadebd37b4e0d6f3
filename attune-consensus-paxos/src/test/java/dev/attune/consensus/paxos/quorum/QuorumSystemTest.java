package dev.attune.consensus.paxos.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class QuorumSystemTest {
    private static final List<MemberId> IDS =
            List.of("a", "b", "c", "d", "e").stream().map(MemberId::new).toList();

    @Test
    @DisplayName("G5: in every system that can be made, each phase-1 quorum meets each phase-2 quorum")
    void everySystem_hasQuorumsThatMeet() {
        for (QuorumSystem system : systems()) assertMeets(system);
    }

    @Test
    @DisplayName("G11: also after members were added and removed")
    void changedSystems_haveQuorumsThatMeet() {
        for (QuorumSystem system : systems()) {
            assertMeets(system.with(new MemberId("z")));
            if (system.voters().size() > 1)
                assertMeets(system.without(system.voters().first()));
        }
    }

    @Test
    void quorumsThatMightNotMeet_areRefused() {
        assertThatThrownBy(() -> new QuorumSystem.Flexible(voters(5), 3, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("electing + choosing: 5 (expected: > 5");
        assertThatThrownBy(() -> new QuorumSystem.Flexible(voters(4), 2, 2)).hasMessageContaining("expected: > 4");
        TreeMap<MemberId, Integer> weights = new TreeMap<>();
        weights.put(IDS.get(0), 0);
        assertThatThrownBy(() -> new QuorumSystem.Weighted(weights)).hasMessageContaining("weight of a: 0");
    }

    @Test
    void configurationOfWitnessesOnly_isRefused() {
        assertThatThrownBy(() -> new Configuration(0, new QuorumSystem.Majority(voters(3)), voters(3), new TreeSet<>()))
                .hasMessageContaining("at least one voter keeps state");
    }

    @Test
    void nobody_decidesNothing() {
        assertThat(Configuration.none().quorums().phase1(IDS)).isFalse();
        assertThat(Configuration.none().quorums().phase2(IDS)).isFalse();
    }

    private static List<QuorumSystem> systems() {
        List<QuorumSystem> systems = new ArrayList<>();
        for (int n = 1; n <= 5; n++) {
            systems.add(new QuorumSystem.Majority(voters(n)));
            for (int electing = 1; electing <= n; electing++)
                for (int choosing = n + 1 - electing; choosing <= n; choosing++)
                    systems.add(new QuorumSystem.Flexible(voters(n), electing, choosing));
            for (int form = 0; form < 81; form++) {
                TreeMap<MemberId, Integer> weights = new TreeMap<>();
                int rest = form;
                for (MemberId voter : voters(n)) {
                    weights.put(voter, 1 + rest % 3);
                    rest /= 3;
                }
                systems.add(new QuorumSystem.Weighted(weights));
            }
        }
        return systems;
    }

    private static SortedSet<MemberId> voters(int n) {
        return new TreeSet<>(IDS.subList(0, n));
    }

    private static void assertMeets(QuorumSystem system) {
        List<SortedSet<MemberId>> sets = subsets(system.voters());
        for (SortedSet<MemberId> electing : sets) {
            if (!system.phase1(electing)) continue;
            for (SortedSet<MemberId> choosing : sets)
                if (system.phase2(choosing))
                    assertThat(choosing).as("%s: %s", system, electing).containsAnyElementsOf(electing);
        }
        for (SortedSet<MemberId> readers : sets)
            if (system.meetsEveryPhase1(readers))
                for (SortedSet<MemberId> electing : sets)
                    if (system.phase1(electing)) assertThat(readers).containsAnyElementsOf(electing);
    }

    private static List<SortedSet<MemberId>> subsets(SortedSet<MemberId> of) {
        List<SortedSet<MemberId>> all = new ArrayList<>();
        all.add(new TreeSet<>());
        for (MemberId member : of)
            for (SortedSet<MemberId> set : List.copyOf(all)) {
                SortedSet<MemberId> with = new TreeSet<>(set);
                with.add(member);
                all.add(with);
            }
        return all;
    }
}
