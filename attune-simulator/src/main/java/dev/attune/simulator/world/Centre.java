package dev.attune.simulator.world;

import dev.attune.model.kv.Operation;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.client.Cluster;
import dev.attune.simulator.fault.FaultCounts;
import dev.attune.simulator.fault.Swarm;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.net.SimNetwork;
import dev.attune.simulator.reach.Reach;
import dev.attune.simulator.time.EventHeap;
import dev.attune.simulator.time.Trace;
import dev.attune.store.CommandResult;
import org.jspecify.annotations.Nullable;

/** A cluster under faults, for worlds that put something of their own on top of it. */
public final class Centre {
    private final World world;
    private final Shared shared;
    private final Operator operator;
    private final Nemesis nemesis;

    /**
     * @param servers how many begin; a majority decides
     */
    public Centre(EventHeap time, Trace trace, Chance chance, Parts parts, int servers, Reach reach) {
        Swarm swarm = new Swarm(chance.split());
        WorldOptions drawn = WorldOptions.draw(chance.split());
        WorldOptions options = new WorldOptions(
                servers,
                WorldOptions.Quorums.MAJORITY,
                false,
                WorldOptions.Crowd.NOBODY,
                0,
                drawn.electionMillis(),
                drawn.tick(),
                drawn.snapshotEvery(),
                drawn.keep());
        FaultCounts counts = new FaultCounts();
        Ledger ledger = new Ledger(WorldOptions.STORE, reach);
        SimNetwork network = new SimNetwork(time, chance.split(), swarm, counts, WorldOptions.SERVERS_MAX);
        shared = new Shared(time, trace, swarm, counts, reach, ledger, network, parts, options);
        world = new World(shared, chance.split());
        operator = new Operator(world, shared, chance.split());
        nemesis = new Nemesis(world, shared, chance.split(), operator);
    }

    /** Starts the servers, and the faults. */
    public void start() {
        world.start();
        nemesis.start();
    }

    /** Ends the faults for good; servers that are down come back, or all but a few that nobody needs. */
    public void heal() {
        nemesis.stop();
        operator.stop();
        world.heal(operator.isIdle());
    }

    /** Servers that are no longer members are switched off; called now and then after healing. */
    public void retireRemoved() {
        world.retireRemoved();
    }

    public Cluster cluster() {
        return world;
    }

    public FaultCounts counts() {
        return shared.counts();
    }

    public Ledger ledger() {
        return shared.ledger();
    }

    public SimNetwork network() {
        return shared.network();
    }

    /** The present life of a server that serves: another object after each start; null while it is down, or a witness. */
    public @Nullable Object life(int server) {
        Server of = world.all().get(server);
        return of.isUp() && !of.isWitness() ? of.machine().state().hub() : null;
    }

    public boolean isPaused(int server) {
        return world.all().get(server).isPaused();
    }

    /** Whether a server believes to lead. */
    public boolean leads(int server) {
        return world.all().get(server).leads();
    }

    /** Whom a server takes for the leader; −1 for nobody. */
    public int knownLeader(int server) {
        return world.all().get(server).knownLeader();
    }

    /** What a server's own clock says, in milliseconds. */
    public long clockMillis(int server) {
        return world.all().get(server).clock().millis();
    }

    /** Reads what a server has applied. */
    public CommandResult read(int server, Operation operation) {
        return world.all().get(server).machine().state().read(operation);
    }

    /** A server dies. */
    public void crash(int server, boolean power) {
        world.all().get(server).crash(power);
    }
}
