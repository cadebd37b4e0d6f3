package dev.attune.consensus.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RemovalTest {
    private static final List<MemberId> IDS =
            List.of("a", "b", "c", "d").stream().map(MemberId::new).toList();
    private static final int SEEDS = 60;

    @ParameterizedTest(name = "{0} voters, leader removed: {1}, leader stays down: {2}")
    @CsvSource({"2,false,false", "2,true,false", "3,false,false", "4,false,true", "4,true,false"})
    @DisplayName(
            "G11: once a removal is reported, the others go on though the removed one is off and the leader crashes")
    void reportedRemoval_needsTheRemovedMemberNoMore(int voters, boolean leaderRemoved, boolean staysDown) {
        AtomicInteger reported = new AtomicInteger();
        for (long seed = 1; seed <= SEEDS; seed++) {
            long of = seed;
            CoreWorld world = new CoreWorld(
                    seed, Configuration.initial(new QuorumSystem.Majority(new TreeSet<>(IDS.subList(0, voters)))));
            world.diskDelay = 40;
            world.runUntil(2_000);
            CoreWorld.Node leader = Objects.requireNonNull(world.leader(), () -> "seed " + of + ": no leader");
            CoreWorld.Node removed = leaderRemoved
                    ? leader
                    : world.nodes.values().stream()
                            .filter(each -> each != leader)
                            .findFirst()
                            .orElseThrow();
            world.onChangeDone = () -> {
                reported.incrementAndGet();
                world.after(0, () -> {
                    leader.crash();
                    removed.crash();
                    if (leader != removed && !staysDown) world.after(50, leader::start);
                });
            };
            leader.change(new MembershipChange.Remove(removed.id));
            world.runUntil(8_000);
            assertThat(world.leader())
                    .as("leader, seed " + seed + ": " + world.nodes.values())
                    .isNotNull();
        }
        assertThat(reported).hasValue(SEEDS);
    }
}
