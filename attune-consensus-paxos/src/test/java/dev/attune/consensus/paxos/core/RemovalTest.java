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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RemovalTest {
    private static final List<MemberId> IDS =
            List.of("a", "b", "c", "d").stream().map(MemberId::new).toList();
    private static final int SEEDS = 60;
    private static final int READS = 60;

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

    @Test
    @DisplayName("G10: a removed leader that comes back tells the only member left that it is to go on")
    void removedLeaderAloneKnewOfTheRemoval_andItsSuccessorLeads() {
        MemberId first = IDS.get(0);
        MemberId second = IDS.get(1);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Configuration alone = Configuration.initial(new QuorumSystem.Flexible(new TreeSet<>(List.of(first)), 1, 1));
            CoreWorld world = new CoreWorld(seed, alone);
            world.runUntil(500);
            CoreWorld.Node leader = Objects.requireNonNull(world.nodes.get(first));
            leader.propose("kept");
            world.add(second, Configuration.none());
            CoreWorld.Node successor = Objects.requireNonNull(world.nodes.get(second));
            successor.isolated = true;
            leader.change(new MembershipChange.AddLearner(second));
            world.runUntil(600);
            leader.change(new MembershipChange.Promote(second));
            world.runUntil(700);
            // One of two is enough to choose, so what follows needs the second member only when it is done.
            leader.change(new MembershipChange.Remove(first));
            world.runUntil(800);
            assertThat(leader.configuration.voters()).as("seed " + seed).containsExactly(second);
            leader.crash();
            successor.isolated = false;
            leader.start();
            world.runUntil(8_000);
            assertThat(world.leader())
                    .as("seed " + seed + ": " + world.nodes.values())
                    .isSameAs(successor);
            assertThat(successor.state).as("seed " + seed).containsExactly("kept");
        }
    }

    @ParameterizedTest(name = "cut off after {0} ms")
    @ValueSource(ints = {2, 4, 6, 8, 10, 15, 20})
    @DisplayName("G2: reads that wait for a member to confirm are answered when it is removed, the last but one")
    void readsUnderWay_areAnsweredByWhoIsLeft(int cutAfter) {
        MemberId first = IDS.get(0);
        MemberId second = IDS.get(1);
        for (long seed = 1; seed <= SEEDS; seed++) {
            // Each may be elected alone, so a leader has to ask the other whether it was.
            CoreWorld world = new CoreWorld(
                    seed,
                    Configuration.initial(new QuorumSystem.Flexible(new TreeSet<>(List.of(first, second)), 1, 2)));
            world.runUntil(2_000);
            CoreWorld.Node leader = Objects.requireNonNull(world.leader(), "no leader, seed " + seed);
            MemberId other = leader.id.equals(first) ? second : first;
            int before = world.confirmedReads;
            leader.change(new MembershipChange.Remove(other));
            for (int i = 1; i <= READS; i++) {
                leader.read();
                world.runUntil(2_000 + i);
                if (i == cutAfter) Objects.requireNonNull(world.nodes.get(other)).isolated = true;
            }
            world.runUntil(2_600);
            // Cut off before it had accepted, it keeps the change from being chosen, and the leader gives up.
            if (world.leader() == null) continue;
            assertThat(leader.configuration.voters()).as("seed " + seed).containsExactly(leader.id);
            assertThat(world.confirmedReads - before).as("reads, seed " + seed).isEqualTo(READS);
        }
    }
}
