package dev.attune.simulator.world;

import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.check.LinearizabilityChecker;
import dev.attune.simulator.check.RevisionOrderChecker;
import dev.attune.simulator.check.Violation;
import dev.attune.simulator.check.WatchChecker;
import dev.attune.simulator.client.Client;
import dev.attune.simulator.client.History;
import dev.attune.simulator.client.LeaseHolder;
import dev.attune.simulator.client.Surroundings;
import dev.attune.simulator.client.Watcher;
import dev.attune.simulator.client.Workload;
import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.FaultKind;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.history.LogEntry;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.HeldLeases;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.net.SimNetwork;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One seed: a cluster under faults, then healed, then judged. Everything happens in the calling thread and depends on
 * nothing but the seed and the parts.
 */
public final class Simulation {
    private static final long PROGRESS_WITHIN = 30_000_000;
    private static final long STEPS_MAX = 3_000_000;
    private static final int CALLS_AFTER_HEALING = 3;

    private final long seed;
    private final Chance chance;
    private final EventHeap time = new EventHeap();
    private final Trace trace;
    private final FaultCounts counts = new FaultCounts();
    private final Reach reach = new Reach();
    private final History history = new History();
    private final Ledger ledger = new Ledger(WorldOptions.STORE, reach);
    private final List<Client> clients = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<LeaseHolder> holders = new ArrayList<>();
    private final Swarm swarm;
    private final WorldOptions options;
    private final World world;
    private final Operator operator;
    private final Nemesis nemesis;
    private boolean undecided;

    private Simulation(long seed, Parts parts, @Nullable Consumer<String> lines) {
        this.seed = seed;
        chance = new Chance(seed);
        trace = new Trace(time, lines);
        swarm = new Swarm(chance.split());
        options = WorldOptions.draw(chance.split());
        if (lines != null) {
            lines.accept("seed " + seed + ": " + options);
            lines.accept("faults: " + swarm.active());
        }
        SimNetwork network = new SimNetwork(time, chance.split(), swarm, counts, WorldOptions.SERVERS_MAX);
        Shared shared = new Shared(time, trace, swarm, counts, reach, ledger, network, parts, options);
        world = new World(shared, chance.split());
        Workload workload = new Workload(chance.split());
        Surroundings surroundings =
                new Surroundings(time, swarm, counts, parts, world, workload, history, ledger, reach);
        for (int i = 0; i < options.crowd().clients(); i++) clients.add(new Client(surroundings, chance.split()));
        for (int i = 0; i < options.crowd().watchers(); i++) watchers.add(new Watcher(surroundings, chance.split()));
        HeldLeases leases = new HeldLeases(
                () -> time.now() * 1_000, () -> counts.of(FaultKind.CLOCK_FAST) + counts.of(FaultKind.CLOCK_JUMP) == 0);
        ledger.onLeaseEnded(leases::ended);
        for (int i = 0; i < options.crowd().holders(); i++)
            holders.add(new LeaseHolder(surroundings, leases, chance.split()));
        operator = new Operator(world, shared, chance.split());
        nemesis = new Nemesis(world, shared, chance.split(), operator);
    }

    /** Runs one seed with the real parts. */
    public static SeedResult run(long seed) {
        return run(seed, Parts.real(), null);
    }

    /**
     * Runs one seed.
     *
     * @param lines is given each line of the trace as it happens; null for none
     */
    public static SeedResult run(long seed, Parts parts, @Nullable Consumer<String> lines) {
        return new Simulation(seed, parts, lines).run();
    }

    private SeedResult run() {
        return SeedRun.run(seed, time, trace, new SeedRun.Times(options.faultTime(), PROGRESS_WITHIN), new Course());
    }

    private final class Course implements SeedRun.Course {
        private long wanted;
        private boolean stopped;

        @Override
        public void start() {
            world.start();
            clients.forEach(Client::start);
            watchers.forEach(Watcher::start);
            holders.forEach(LeaseHolder::start);
            nemesis.start();
        }

        @Override
        public void heal() {
            nemesis.stop();
            operator.stop();
            world.heal(operator.isIdle());
            watchers.forEach(Watcher::hurry);
            wanted = history.answered() + (long) CALLS_AFTER_HEALING * clients.size();
        }

        /** Calls are answered again, all servers and watchers get to the end. */
        @Override
        public String missing() {
            world.retireRemoved();
            if (history.answered() < wanted) return "no answers";
            if (!stopped) {
                clients.forEach(Client::stop);
                holders.forEach(LeaseHolder::stop);
            }
            stopped = true;
            return Simulation.this.missing();
        }

        @Override
        public Invariant unmet() {
            return Invariant.PROGRESS;
        }

        @Override
        public void judge() {
            for (Client client : clients) client.abandon();
            for (Watcher watcher : watchers) watcher.stop();
            Simulation.this.judge();
        }

        @Override
        public SeedResult.Figures figures() {
            return new SeedResult.Figures(
                    time.executed(),
                    time.now(),
                    history.calls().size(),
                    history.answered(),
                    ledger.chosenIndex(),
                    undecided,
                    counts,
                    reach);
        }
    }

    private String missing() {
        for (Client client : clients) if (client.isWaiting()) return "a client still waits for its answer";
        String unsettled = world.unsettled();
        if (unsettled != null) return unsettled;
        // Nobody renews any of them.
        if (!ledger.leases().isEmpty()) return "leases remain: " + ledger.leases();
        for (Watcher watcher : watchers)
            if (!watcher.reached(ledger.revision())) return watcher + " has not reached revision " + ledger.revision();
        return "";
    }

    /** What clients may have changed. */
    private List<LogEntry> workload() {
        return ledger.log().stream()
                .filter(entry -> !entry.changes().stream().allMatch(each -> LeaseHolder.owns(each.key())))
                .toList();
    }

    private void judge() {
        List<Violation> violations = new ArrayList<>(RevisionOrderChecker.check(history.calls(), workload()));
        violations.addAll(WatchChecker.check(history.watches(), ledger.log(), ledger.revision()));
        if (violations.isEmpty()) violations.addAll(LinearizabilityChecker.check(history.calls(), STEPS_MAX));
        // Not decided is not proven; it is counted, and the revision checker has judged the same calls.
        undecided = violations.removeIf(each -> each.kind() == Violation.Kind.UNDECIDED);
        if (violations.isEmpty()) return;
        StringBuilder text = new StringBuilder().append(violations.size()).append(" violations, the first of them:");
        violations.stream()
                .limit(3)
                .forEach(each ->
                        text.append("\n  ").append(each.kind()).append(": ").append(each.detail()));
        throw new BrokenInvariant(Invariant.HISTORY, text.toString());
    }
}
