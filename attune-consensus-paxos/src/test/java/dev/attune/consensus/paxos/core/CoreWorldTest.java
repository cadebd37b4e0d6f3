package dev.attune.consensus.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.consensus.paxos.quorum.QuorumSystem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class CoreWorldTest {
    private static final List<MemberId> IDS =
            List.of("a", "b", "c", "d", "e", "f").stream().map(MemberId::new).toList();
    private static final int SEEDS = Integer.getInteger("attune.paxos.seeds", 40);
    private static final long FIRST = Long.getLong("attune.paxos.firstSeed", 1);
    private static final long FAULTS_END = 6_000;

    @Test
    @DisplayName("G1, G2, G5: under loss, crashes, damage and changes each slot has one value and nothing is lost")
    void randomFaults_keepEverySafetyRuleAndHeal() {
        Map<Marker, Integer> reached = new EnumMap<>(Marker.class);
        long acknowledged = 0;
        long reads = 0;
        long crashes = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            CoreWorld world = run(seed);
            world.reached.forEach((marker, count) -> reached.merge(marker, count, Integer::sum));
            acknowledged += world.acknowledged.size();
            reads += world.confirmedReads;
            crashes += world.crashes;
        }
        System.out.println("seeds " + SEEDS + ", acknowledged " + acknowledged + ", reads " + reads + ", crashes "
                + crashes + ", reached " + reached);
        assertThat(acknowledged).isGreaterThan(SEEDS * 20L);
        // A void configuration is rare here; PaxosCoreTest makes one by hand.
        Set<Marker> missing = EnumSet.complementOf(EnumSet.of(Marker.CONFIGURATION_VOID));
        missing.removeAll(reached.keySet());
        if (SEEDS >= 300) assertThat(missing).isEmpty();
    }

    private static CoreWorld run(long seed) {
        CoreWorld world = new CoreWorld(seed, configuration(new Random(seed)));
        try {
            new Faults(world).schedule();
            world.runUntil(FAULTS_END);
            healAndCheck(world);
            return world;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " with " + world.initial + ": " + e.getMessage(), e);
        }
    }

    private static Configuration configuration(Random random) {
        int form = random.nextInt(6);
        Set<MemberId> three = new TreeSet<>(IDS.subList(0, 3));
        Set<MemberId> five = new TreeSet<>(IDS.subList(0, 5));
        if (form == 0) return Configuration.initial(new QuorumSystem.Flexible(new TreeSet<>(five), 4, 2));
        if (form == 1) {
            TreeMap<MemberId, Integer> weights = new TreeMap<>();
            for (MemberId member : five) weights.put(member, 1 + random.nextInt(3));
            return Configuration.initial(new QuorumSystem.Weighted(weights));
        }
        if (form == 2)
            return new Configuration(
                    0,
                    new QuorumSystem.Majority(new TreeSet<>(three)),
                    new TreeSet<>(IDS.subList(2, 3)),
                    new TreeSet<>());
        return Configuration.initial(new QuorumSystem.Majority(new TreeSet<>(form < 5 ? three : five)));
    }

    private static void healAndCheck(CoreWorld world) {
        world.loss = 0;
        world.duplication = 0;
        world.delay = 5;
        world.diskDelay = 2;
        for (CoreWorld.Node node : world.nodes.values()) {
            node.isolated = false;
            if (!node.up) node.start();
        }
        // A damaged member may wait for slots that were accepted and never chosen; writes go on meanwhile.
        for (int i = 0; i < 40; i++) {
            int number = i;
            world.after(2_000 + i * 50L, () -> {
                CoreWorld.Node leader = world.leader();
                if (leader != null) leader.propose("healed " + number);
            });
        }
        world.runUntil(FAULTS_END + 6_000);
        CoreWorld.Node leader = Objects.requireNonNull(world.leader(), () -> "no leader among " + world.nodes.values());
        assertThat(leader.state).contains("healed 39").containsAll(world.acknowledged);
        for (MemberId member : leader.configuration.members()) {
            CoreWorld.Node node = Objects.requireNonNull(world.nodes.get(member));
            assertThat(node.core.chosen()).as("chosen of " + member).isEqualTo(leader.core.chosen());
            assertThat(node.core.damaged()).as("damage of " + member).isFalse();
            if (!leader.configuration.isWitness(member))
                assertThat(node.state).as("state of " + member).isEqualTo(leader.state);
        }
    }

    /** What goes wrong, and what clients and operators do, for one seed. */
    private static final class Faults {
        private final CoreWorld world;
        private final Random random;
        private final int crashEvery;
        private final int isolateEvery;
        private final int damageEvery;
        private final int changeEvery;
        private int written;

        Faults(CoreWorld world) {
            this.world = world;
            this.random = world.random;
            world.loss = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.15;
            world.duplication = random.nextInt(2) == 0 ? 0 : random.nextDouble() * 0.1;
            world.delay = random.nextInt(3) == 0 ? 60 : 3 + random.nextInt(10);
            world.diskDelay = random.nextInt(4) == 0 ? 80 : random.nextInt(10);
            crashEvery = random.nextInt(3) == 0 ? 0 : 200 + random.nextInt(1500);
            isolateEvery = random.nextInt(3) == 0 ? 0 : 300 + random.nextInt(1500);
            damageEvery = random.nextInt(3) == 0 ? 800 + random.nextInt(1500) : 0;
            changeEvery = random.nextInt(2) == 0 ? 100 + random.nextInt(800) : 0;
        }

        void schedule() {
            every(4 + random.nextInt(20), this::write);
            every(10 + random.nextInt(40), () -> any().read());
            every(100 + random.nextInt(400), () -> any().snapshot());
            every(crashEvery, this::crash);
            every(isolateEvery, this::isolate);
            every(damageEvery, this::damage);
            every(changeEvery, this::change);
            every(random.nextInt(2) == 0 ? 700 : 0, this::transfer);
        }

        private void every(int millis, Runnable action) {
            if (millis == 0) return;
            world.after(1 + random.nextInt(2 * millis), () -> {
                if (world.now >= FAULTS_END) return;
                action.run();
                every(millis, action);
            });
        }

        private CoreWorld.Node any() {
            List<CoreWorld.Node> all = new ArrayList<>(world.nodes.values());
            return all.get(random.nextInt(all.size()));
        }

        private void write() {
            int burst = random.nextInt(20) == 0 ? 60 : 1 + random.nextInt(3);
            CoreWorld.Node node = random.nextInt(4) == 0 ? any() : world.leader();
            if (node == null) return;
            for (int i = 0; i < burst; i++) node.propose("w" + written++);
        }

        private void crash() {
            if (random.nextInt(8) == 0) for (CoreWorld.Node node : world.nodes.values()) restartLater(node);
            else restartLater(any());
        }

        private void restartLater(CoreWorld.Node node) {
            if (!node.up) return;
            node.crash();
            world.after(random.nextInt(600), () -> {
                if (!node.up) node.start();
            });
        }

        private void isolate() {
            CoreWorld.Node node = random.nextBoolean() && world.leader() != null ? world.leader() : any();
            if (node == null) return;
            node.isolated = true;
            world.after(random.nextInt(900), () -> node.isolated = false);
        }

        /** One at a time, because each entry must keep a copy on some member whose memory is sound. */
        private void damage() {
            if (world.nodes.values().stream().anyMatch(node -> node.core.damaged())) return;
            CoreWorld.Node node = any();
            // What a witness held cannot be had again from snapshots.
            if (node.configuration.isWitness(node.id)) return;
            List<MemberId> others = new ArrayList<>(node.configuration.voters());
            others.remove(node.id);
            boolean dispensable = node.configuration.quorums().phase1(others)
                    && node.configuration.quorums().phase2(others);
            if (!dispensable) return;
            node.crash();
            node.disk.wipe(node.start);
            node.start();
        }

        private void change() {
            CoreWorld.Node leader = world.leader();
            if (leader == null) return;
            Configuration now = leader.configuration;
            MemberId member = IDS.get(random.nextInt(IDS.size()));
            int what = random.nextInt(3);
            if (what == 0 && !world.nodes.containsKey(member)) {
                world.add(member, Configuration.none());
                leader.change(new MembershipChange.AddLearner(member));
            } else if (what == 1 && now.learners().contains(member)) {
                leader.change(new MembershipChange.Promote(member));
            } else if (what == 2 && now.voters().size() > 3 && now.isVoter(member)) {
                leader.change(new MembershipChange.Remove(member));
            }
        }

        private void transfer() {
            CoreWorld.Node leader = world.leader();
            if (leader != null) leader.transfer(any().id);
        }
    }
}
