package dev.attune.simulator.fleet;

import dev.attune.rollout.record.Phase;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;
import dev.attune.simulator.world.Centre;
import dev.attune.simulator.world.Parts;
import dev.attune.simulator.world.SeedResult;
import dev.attune.simulator.world.SeedRun;
import dev.attune.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One seed of rollouts: a cluster and a fleet under faults, then healed, then judged. Everything happens in the calling
 * thread and depends on nothing but the seed and the parts.
 */
public final class FleetSimulation {
    private static final long END_WITHIN = 120_000_000;
    private static final StoreOptions STORE = new StoreOptions(1 << 20, 100_000, 4 << 20);

    private final long seed;
    private final Chance chance;
    private final EventHeap time = new EventHeap();
    private final Trace trace;
    private final Reach reach = new Reach();
    private final List<Instance> instances = new ArrayList<>();
    private final FleetOptions options;
    private final Judge judge;
    private final Centre centre;
    private final Fleet fleet;
    private final Author author;

    private FleetSimulation(long seed, FleetParts parts, @Nullable Consumer<String> lines) {
        this.seed = seed;
        // So that a seed's cluster is not that of the same seed in the other world.
        chance = new Chance(Chance.mix(seed + 0x726f6c6c6f7574L));
        trace = new Trace(time, lines);
        options = FleetOptions.draw(chance.split());
        if (lines != null) lines.accept("seed " + seed + ": " + options);
        judge = new Judge(STORE, reach, instances);
        Parts watched = new Parts() {
            @Override
            public Applier applier(int number, Applier store) {
                return (index, command) -> {
                    byte[] result = store.apply(index, command);
                    judge.applied(index, command);
                    return result;
                };
            }
        };
        centre = new Centre(time, trace, chance.split(), watched, options.servers(), reach);
        fleet = new Fleet(time, trace, centre, parts, options, judge, reach);
        Chance tempers = chance.split();
        for (int i = 0; i < options.instances(); i++) {
            Temper temper = tempers.permille(options.misbehaving())
                    ? Temper.ALL[tempers.below(Temper.ALL.length)]
                    : Temper.HONEST;
            instances.add(new Instance(fleet, chance.split(), i, temper));
        }
        fleet.instances().addAll(instances);
        author = new Author(fleet, chance.split());
    }

    /** Runs one seed with the real parts. */
    public static SeedResult run(long seed) {
        return run(seed, FleetParts.real(), null);
    }

    /**
     * Runs one seed.
     *
     * @param lines is given each line of the trace as it happens; null for none
     */
    public static SeedResult run(long seed, FleetParts parts, @Nullable Consumer<String> lines) {
        return new FleetSimulation(seed, parts, lines).run();
    }

    private SeedResult run() {
        return SeedRun.run(seed, time, trace, new SeedRun.Times(options.faultTime(), END_WITHIN), new Course());
    }

    private final class Course implements SeedRun.Course {
        @Override
        public void start() {
            centre.start();
            findNodes();
            register();
            for (Instance each : instances) each.start();
            author.start();
            cut(chance.split());
            killCoordinators(chance.split());
        }

        @Override
        public void heal() {
            centre.heal();
            fleet.heal();
            for (Instance each : instances) each.heal();
        }

        /** Every rollout ends, and everyone has what is current. */
        @Override
        public String missing() {
            centre.retireRemoved();
            return judge.missing();
        }

        @Override
        public Invariant unmet() {
            return judge.board().running().isEmpty() ? Invariant.UNIFORM_FLEET : Invariant.ROLLOUTS_END;
        }

        @Override
        public void judge() {
            // Checker E has judged every step.
        }

        @Override
        public SeedResult.Figures figures() {
            return new SeedResult.Figures(
                    time.executed(),
                    time.now(),
                    judge.board().newest(),
                    judge.board().newest() - judge.board().running().size(),
                    centre.ledger().chosenIndex(),
                    false,
                    centre.counts(),
                    reach);
        }
    }

    /** Servers that join have nodes, too. */
    private void findNodes() {
        for (int number : centre.cluster().servers())
            if (!fleet.nodes().containsKey(number)) fleet.nodes().put(number, new Node(fleet, chance.split(), number));
        time.after(100_000, this::findNodes);
    }

    /** What the leader knows of connections is a little old. */
    private void register() {
        fleet.register();
        time.after(chance.between(5_000, 80_000), this::register);
    }

    private void cut(Chance drawn) {
        if (options.cuts() == 0) return;
        time.after(drawn.between(1_000, options.cuts() * 2), () -> {
            if (fleet.isHealed()) return;
            Instance victim = drawn.one(instances);
            if (drawn.below(3) == 0) victim.crash();
            else victim.cutOff(drawn.heavyTail(100_000, 3_000_000));
            cut(drawn);
        });
    }

    /** The leader does not survive some phases. */
    private void killCoordinators(Chance drawn) {
        judge.onMove(record -> {
            if (fleet.isHealed() || record.phase().isEnd() || !drawn.permille(options.deaths())) return;
            // A step before the end of the phase that is interesting is as likely as one after its beginning.
            time.after(drawn.between(0, record.phase() == Phase.QUEUED ? 1_000 : 60_000), () -> {
                for (int number : fleet.nodes().keySet())
                    if (!fleet.isHealed() && centre.life(number) != null && centre.leads(number))
                        centre.crash(number, drawn.below(2) == 0);
            });
        });
    }
}
