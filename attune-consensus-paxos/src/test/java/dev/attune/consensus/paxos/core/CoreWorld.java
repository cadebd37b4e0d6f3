package dev.attune.consensus.paxos.core;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.consensus.paxos.quorum.Configuration;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cores, disks and a network in virtual time, driven by one seed; checks at each event that a slot has one value, that
 * values are applied in order, that reads see what was acknowledged and that a round has one leader.
 */
final class CoreWorld {
    private static final int TICK = 10;

    final Random random;
    final Map<MemberId, Node> nodes = new TreeMap<>();
    final Map<Marker, Integer> reached = new EnumMap<>(Marker.class);
    final Map<Long, String> values = new TreeMap<>();
    final List<String> acknowledged = new ArrayList<>();
    final Configuration initial;
    long now;
    double loss;
    double duplication;
    int delay = 5;
    int diskDelay = 2;
    int crashes;
    int confirmedReads;
    /** Runs when a membership change is reported done. */
    Runnable onChangeDone = () -> {};

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::number));
    private final Map<Long, MemberId> leaders = new TreeMap<>();
    private final Map<Long, Long> readFloors = new TreeMap<>();
    private final Map<Long, String> proposed = new TreeMap<>();
    private long highestAcknowledged;
    private long eventNumber;
    private long ids;

    private record Event(long time, long number, Runnable action) {}

    CoreWorld(long seed, Configuration initial) {
        this.random = new Random(seed);
        this.initial = initial;
        for (MemberId member : initial.members()) add(member, initial);
    }

    void add(MemberId member, Configuration start) {
        Node node = new Node(member, start);
        nodes.put(member, node);
        node.start();
    }

    void after(long millis, Runnable action) {
        events.add(new Event(now + millis, eventNumber++, action));
    }

    void runUntil(long time) {
        while (!events.isEmpty() && events.peek().time <= time) {
            Event event = Objects.requireNonNull(events.poll());
            now = event.time;
            event.action.run();
        }
        now = time;
    }

    static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    @Nullable Node leader() {
        Node best = null;
        for (Node node : nodes.values())
            if (node.up
                    && node.core.leads()
                    && (best == null || node.core.promised().compareTo(best.core.promised()) > 0)) best = node;
        return best;
    }

    private void check(boolean condition, String what) {
        if (!condition) throw new AssertionError("at " + now + " ms: " + what);
    }

    /** One member: its core, its disk and a state that is the list of values applied. */
    final class Node {
        final MemberId id;
        final MemoryDisk disk;
        final Configuration start;
        PaxosCore core;
        boolean up;
        boolean isolated;
        boolean installing;
        List<String> state = new ArrayList<>();
        long applied;
        Configuration configuration;
        private int life;
        private final List<Effects> undurable = new ArrayList<>();
        private boolean syncing;

        Node(MemberId id, Configuration start) {
            this.id = id;
            this.start = start;
            this.disk = new MemoryDisk(start);
            this.configuration = start;
            this.core = recover();
        }

        private PaxosCore recover() {
            CoreOptions options = new CoreOptions(id, 200, 20, 32, 4000, 400, 8, 2000);
            return new PaxosCore(options, disk.recovered(random.nextLong()), new Random(random.nextLong()));
        }

        void start() {
            up = true;
            life++;
            core = recover();
            MemoryDisk.Snapshot recovered = disk.recoveredState();
            state = new ArrayList<>(recovered.state());
            applied = recovered.slot();
            configuration = recovered.configuration();
            undurable.clear();
            syncing = false;
            installing = false;
            tick(life);
        }

        private void tick(int ofLife) {
            if (!up || life != ofLife) return;
            step(new Input.Tick(now));
            after(TICK, () -> tick(ofLife));
        }

        void crash() {
            if (!up) return;
            up = false;
            crashes++;
            int unsynced = disk.unsyncedWrites();
            disk.crash(unsynced == 0 ? 0 : random.nextInt(unsynced + 1));
        }

        void step(Input input) {
            if (!up) return;
            Effects effects = core.step(input);
            disk.write(effects.step(), effects.writes());
            for (Effects.Outgoing each : effects.sendNow()) send(id, each);
            undurable.add(effects);
            sync();
            for (Effects.Chosen each : effects.chosen()) apply(each);
            for (Fact fact : effects.facts()) fact(fact);
        }

        private void sync() {
            if (syncing || undurable.isEmpty()) return;
            Effects last = undurable.get(undurable.size() - 1);
            boolean anything =
                    undurable.stream().anyMatch(each -> !each.writes().isEmpty());
            if (!anything) {
                synced(last.step());
                return;
            }
            syncing = true;
            int ofLife = life;
            after(random.nextInt(diskDelay + 1), () -> {
                if (!up || life != ofLife) return;
                syncing = false;
                synced(last.step());
                sync();
            });
        }

        private void synced(long step) {
            disk.sync(step);
            boolean any = false;
            while (!undurable.isEmpty() && undurable.get(0).step() <= step) {
                Effects done = undurable.remove(0);
                any |= !done.writes().isEmpty();
                for (Effects.Outgoing each : done.sendOnceDurable()) send(id, each);
            }
            if (any) step(new Input.Persisted(step));
        }

        private void apply(Effects.Chosen chosen) {
            Entry entry = chosen.entry();
            String value = entry.kind() + ":" + text(entry);
            String before = values.putIfAbsent(entry.slot(), value);
            check(
                    before == null || before.equals(value),
                    "slot " + entry.slot() + " chosen twice: " + before + ", " + value);
            check(entry.slot() == applied + 1, id + " applied " + entry.slot() + " after " + applied);
            applied = entry.slot();
            if (entry.kind() == Entry.Kind.COMMAND) state.add(text(entry));
            configuration = ConfigurationChain.changeBy(entry, configuration).orElse(configuration);
            if (chosen.proposal() == 0) return;
            check(text(entry).equals(proposed.get(chosen.proposal())), "proposal " + chosen.proposal());
            acknowledged.add(text(entry));
            highestAcknowledged = Math.max(highestAcknowledged, entry.slot());
        }

        private void fact(Fact fact) {
            if (fact instanceof Fact.Reached it) reached.merge(it.marker(), 1, Integer::sum);
            else if (fact instanceof Fact.RoleChanged role && role.role() == Role.LEADER) {
                MemberId other = leaders.putIfAbsent(role.ballot().round(), id);
                check(other == null || other.equals(id), "two leaders in round " + role.ballot());
            } else if (fact instanceof Fact.ReadReady read) {
                confirmedReads++;
                Long floor = readFloors.remove(read.id());
                check(floor != null && read.slot() >= floor, "read " + read.slot() + " below " + floor);
            } else if (fact instanceof Fact.ChangeDone) onChangeDone.run();
            else if (fact instanceof Fact.CatchUpWanted wanted) catchUp(wanted);
            else if (fact instanceof Fact.ConfigurationChanged changed)
                check(
                        changed.configuration().number() < configuration.number()
                                || changed.configuration().equals(configuration),
                        "configuration " + changed.configuration() + ", the log says " + configuration);
        }

        private void catchUp(Fact.CatchUpWanted wanted) {
            Entry first = disk.log().get(wanted.from());
            if (first == null) {
                if (configuration.isWitness(id)) return;
                MemoryDisk.Snapshot snapshot = disk.snapshot();
                Node peer = nodes.get(wanted.peer());
                if (configuration.isWitness(wanted.peer())) throw new AssertionError("a snapshot for a witness");
                if (peer != null && passes(id, peer.id) && snapshot.slot() >= wanted.from())
                    after(delay, () -> peer.install(snapshot));
                return;
            }
            List<Entry> entries = new ArrayList<>();
            for (Entry entry : disk.log().tailMap(wanted.from()).values())
                if (entry.slot() <= core.chosen() && entries.size() < 7) entries.add(entry);
            send(id, new Effects.Outgoing(wanted.peer(), new Message.Learn(entries, core.chosen())));
        }

        private void install(MemoryDisk.Snapshot snapshot) {
            if (!up || snapshot.slot() <= applied) return;
            disk.snapshot(snapshot);
            state = new ArrayList<>(snapshot.state());
            applied = snapshot.slot();
            configuration = snapshot.configuration();
            step(new Input.SnapshotInstalled(snapshot.slot(), snapshot.configuration()));
        }

        void snapshot() {
            if (!up || configuration.isWitness(id)) return;
            long before = disk.snapshot().slot();
            // What is applied may be ahead of what is durable here; a real snapshot waits for that.
            disk.snapshot(new MemoryDisk.Snapshot(applied, List.copyOf(state), configuration));
            step(new Input.SnapshotTaken(applied, before));
        }

        @Override
        public String toString() {
            return "\n" + id + (up ? " up " : " down ") + core.role() + " promised " + core.promised() + " chosen "
                    + core.chosen() + " last " + core.last() + (core.damaged() ? " damaged" : "") + " leader "
                    + core.leader() + " in " + configuration + " " + applied;
        }

        void propose(String value) {
            long proposal = ++ids;
            proposed.put(proposal, value);
            step(new Input.Proposed(List.of(new Input.Proposal(proposal, value.getBytes(StandardCharsets.UTF_8)))));
        }

        void read() {
            if (!up) return;
            long read = ++ids;
            readFloors.put(read, highestAcknowledged);
            step(new Input.ReadRequested(read));
        }

        void change(MembershipChange change) {
            step(new Input.ChangeRequested(++ids, change));
        }

        void transfer(MemberId to) {
            step(new Input.TransferRequested(++ids, to));
        }
    }

    private boolean passes(MemberId from, MemberId to) {
        Node sender = nodes.get(from);
        Node receiver = nodes.get(to);
        return sender != null && receiver != null && !sender.isolated && !receiver.isolated;
    }

    private void send(MemberId from, Effects.Outgoing outgoing) {
        Message message = MessageCodec.decode(MessageCodec.encode(outgoing.message()));
        int copies = random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (random.nextDouble() < loss) continue;
            after(1 + random.nextInt(delay), () -> {
                Node receiver = nodes.get(outgoing.to());
                if (receiver != null && passes(from, outgoing.to())) receiver.step(new Input.Received(from, message));
            });
        }
    }
}
