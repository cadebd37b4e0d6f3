package dev.attune.simulator.world;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.core.CoreOptions;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Effects.Outgoing;
import dev.attune.consensus.paxos.core.Fact;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.core.Role;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.chance.Chance;
import dev.attune.simulator.disk.DiskFullException;
import dev.attune.simulator.disk.SimDisk;
import dev.attune.simulator.disk.StoredSnapshot;
import dev.attune.simulator.judge.BrokenInvariant;
import dev.attune.simulator.judge.Invariant;
import dev.attune.simulator.reach.Marker;
import dev.attune.simulator.state.SimState;
import dev.attune.simulator.state.WatchStreams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One server: the real core and the real store, and the host between them and the simulated machine. */
final class Server {
    private static final int WINDOW = 64;

    private final int number;
    private final MemberId id;
    private final World world;
    private final Shared shared;
    private final Chance chance;
    private final Clock clock;
    private final SimDisk disk;
    private final Machine machine;
    private final WatchStreams watches;
    private final Requests requests;
    private final Transfers transfers;
    private final ServerLeases leases;
    private final ArrayDeque<Input> inbox = new ArrayDeque<>();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final List<Runnable> held = new ArrayList<>();
    private Parts.@Nullable Core core;
    // Up to here the core knows what is chosen; the state may be ahead after a start.
    private long coreChosen;
    private Ballot exposed = Ballot.ZERO;
    private Role role = Role.FOLLOWER;
    private Optional<MemberId> leader = Optional.empty();
    private int life;
    private boolean paused;
    private boolean pumping;
    private long cpu;
    private @Nullable CrashPoint armed;
    private int armedCount;
    private boolean retired;

    /** A step whose writes are not durable yet, and what waits for that. */
    private record Pending(long step, int written, boolean writes, List<Outgoing> messages) {}

    Server(World world, Shared shared, Chance chance, int number, Configuration initial, boolean witness) {
        this.world = world;
        this.shared = shared;
        this.chance = chance;
        this.number = number;
        this.id = new MemberId("s" + number);
        clock = new Clock(shared.time(), world.clockOffset(chance));
        disk = new SimDisk(shared.time(), chance.split(), this::durable);
        SimState state = new SimState(WorldOptions.STORE, shared.parts()::stateFile);
        Parts.Applier applier = shared.parts().applier(number, state::apply);
        machine = new Machine(id.value(), state, applier, shared, initial, witness);
        watches = new WatchStreams(shared.time(), chance.split(), state.hub(), shared.parts()::sink, shared.reach());
        requests = new Requests(this, shared);
        transfers = new Transfers(this, shared);
        leases = new ServerLeases(this, shared);
    }

    private void durable(Entry entry) {
        long identity = Machine.identity(entry);
        shared.ledger().durable(number, entry.slot(), identity);
        // Who is damaged follows, but does not vote.
        if (!disk.damageMark()) shared.ledger().ballots().accepted(number, entry.slot(), entry.ballot(), identity);
    }

    // ---- what others see

    int number() {
        return number;
    }

    MemberId id() {
        return id;
    }

    String name() {
        return id.value();
    }

    boolean isUp() {
        return core != null;
    }

    boolean isPaused() {
        return paused;
    }

    boolean leads() {
        return core != null && role == Role.LEADER;
    }

    boolean isWitness() {
        return machine.isWitness();
    }

    Machine machine() {
        return machine;
    }

    SimDisk disk() {
        return disk;
    }

    Clock clock() {
        return clock;
    }

    WatchStreams watches() {
        return watches;
    }

    Requests requests() {
        return requests;
    }

    Transfers transfers() {
        return transfers;
    }

    ServerLeases leases() {
        return leases;
    }

    /** The number of the server that this one takes for the leader; −1 for none. */
    int knownLeader() {
        return leader.map(world::numberOf).orElse(-1);
    }

    /** A small delay. */
    long draw(int most) {
        return chance.between(0, most);
    }

    /** Whether this server was taken out of service for good. */
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
        if (isUp()) crash(false);
    }

    void unretire() {
        retired = false;
    }

    // ---- life

    /** Starts, from whatever the disk holds. */
    void start() {
        if (core != null || retired) return;
        life++;
        shared.parts().started(number);
        Recovered recovered = Recovery.run(disk, machine, shared.parts(), shared.reach(), chance.next());
        checkPromise(recovered);
        coreChosen = recovered.chosen();
        CoreOptions options = new CoreOptions(
                id,
                shared.options().electionMillis(),
                shared.options().electionMillis() / 10,
                WINDOW,
                8 << 10,
                2 << 10,
                WINDOW,
                8 << 10);
        core = shared.parts().core(options, recovered, chance.split());
        role = Role.FOLLOWER;
        leader = Optional.empty();
        paused = false;
        leases.restart();
        watches.restart(machine.state().hub());
        shared.trace()
                .note(name(), "start", recovered.chosen(), recovered.tail().size());
        deliver(new Input.Tick(clock.millis()));
        tick(life);
    }

    private void checkPromise(Recovered recovered) {
        Ballot found = recovered.promised();
        for (var entry : recovered.tail()) if (entry.ballot().compareTo(found) > 0) found = entry.ballot();
        if (recovered.damaged()) exposed = Ballot.ZERO;
        if (found.round() < exposed.round())
            throw new BrokenInvariant(
                    Invariant.PROMISE_KEPT, name() + " had promised " + exposed + " and comes back with " + found);
    }

    private void tick(int of) {
        shared.time().after(shared.options().tick(), () -> {
            if (of != life || core == null) return;
            if (!paused) deliver(new Input.Tick(clock.millis()));
            tick(of);
        });
    }

    /** Dies, and with it everything that was only in memory; {@code power}: also what was not synced. */
    void crash(boolean power) {
        if (core == null) return;
        if (leads()) shared.reach().mark(Marker.LEADER_CRASHED);
        if (power && leads() && disk.synced() < disk.written()) shared.reach().mark(Marker.LEADER_LOST_POWER);
        shared.trace().note(name(), power ? "power loss" : "crash", machine.slot(), 0);
        core = null;
        life++;
        armed = null;
        cpu = 0;
        inbox.clear();
        held.clear();
        pending.clear();
        requests.crash();
        transfers.crash();
        leases.crash();
        watches.crash();
        boolean lost;
        if (power) {
            lost = disk.losePower(world.losesAllUnsynced(chance));
            machine.losePower();
        } else {
            lost = disk.crash();
            machine.crash();
        }
        if (lost) shared.reach().mark(Marker.UNSYNCED_TAIL_LOST);
        world.crashed(this);
    }

    /** Tells the core that it is about to be stopped. */
    void resign() {
        deliver(new Input.Resigned());
    }

    void pause() {
        paused = true;
    }

    /** Goes on, with what came from clients and from servers meanwhile, in either order. */
    void resume() {
        if (!paused) return;
        paused = false;
        List<Runnable> requested = List.copyOf(held);
        held.clear();
        List<Input> arrived = new ArrayList<>();
        if (chance.below(2) == 0) {
            arrived.addAll(inbox);
            inbox.clear();
        }
        pump();
        for (Runnable each : requested) if (core != null) each.run();
        if (core != null) inbox.addAll(arrived);
        pump();
    }

    /** Keeps what a client wants until the server goes on. */
    void hold(Runnable request) {
        held.add(request);
    }

    /** Each step takes so long from now on, in microseconds. */
    void slowCpu(long micros) {
        cpu = micros;
    }

    /** Dies at the {@code count}-th time it comes by {@code point}. */
    void arm(CrashPoint point, int count) {
        armed = point;
        armedCount = count;
    }

    void point(CrashPoint at) {
        if (armed != at || --armedCount > 0) return;
        armed = null;
        throw new CrashNow();
    }

    /** Runs something that may come by a crash point or find the disk full. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (CrashNow e) {
            crash(chance.below(3) == 0);
        } catch (DiskFullException e) {
            shared.reach().mark(Marker.STOPPED_BY_FULL_DISK);
            crash(false);
        }
    }

    /** Ends the faults of this server; it starts when it is down. */
    void heal() {
        clock.rate(1000);
        disk.heal();
        armed = null;
        cpu = 0;
        resume();
        start();
    }

    // ---- steps

    /** An input for the core; kept while the server is paused, lost while it is down. */
    void deliver(Input input) {
        if (core == null) return;
        inbox.addLast(input);
        pump();
    }

    private void pump() {
        if (pumping) return;
        if (cpu > 0) {
            if (!inbox.isEmpty()) slowStep(life);
            return;
        }
        pumping = true;
        while (!paused && core != null && !inbox.isEmpty()) step(inbox.removeFirst());
        pumping = false;
    }

    private void slowStep(int of) {
        pumping = true;
        shared.time().after(cpu, () -> {
            pumping = false;
            if (of != life) {
                pump();
                return;
            }
            if (paused || core == null || inbox.isEmpty()) return;
            pumping = true;
            step(inbox.removeFirst());
            pumping = false;
            pump();
        });
    }

    private void step(Input input) {
        Parts.Core stepped = core;
        if (stepped == null) return;
        Effects effects;
        try {
            effects = stepped.step(input);
        } catch (BrokenInvariant e) {
            throw e;
        } catch (RuntimeException e) {
            throw new BrokenInvariant(Invariant.NO_EXCEPTION, name() + " at " + input + ": " + e, e);
        }
        guarded(() -> carryOut(effects));
    }

    private void carryOut(Effects effects) {
        boolean writes = !effects.writes().isEmpty();
        if (writes) {
            point(CrashPoint.BEFORE_WRITE);
            disk.write(effects.writes());
            point(CrashPoint.AFTER_WRITE);
        }
        for (Outgoing each : effects.sendNow()) sendOut(each);
        for (Effects.Chosen each : effects.chosen()) apply(each);
        if (!effects.chosen().isEmpty()) {
            machine.commit();
            leases.applied();
            watches.step();
            requests.reached(machine.slot());
            transfers.maybeTake();
        }
        for (Fact fact : effects.facts()) heed(fact);
        pending.addLast(new Pending(effects.step(), disk.written(), writes, effects.sendOnceDurable()));
        if (!effects.sendOnceDurable().isEmpty() || SimDisk.isReliedOn(effects.writes())) sync();
        drain();
    }

    private void sync() {
        disk.sync(() -> guarded(this::synced), this::syncFailed);
    }

    private void synced() {
        point(CrashPoint.DURING_SYNC);
        drain();
        point(CrashPoint.AFTER_SYNC);
        if (disk.synced() < disk.written()) sync();
    }

    private void syncFailed() {
        shared.trace().note(name(), "sync failed", disk.written(), 0);
        if (shared.parts().stopsOnSyncError()) {
            shared.reach().mark(Marker.STOPPED_BY_SYNC_ERROR);
            crash(true);
        } else {
            disk.forgetUnsynced();
            guarded(this::drain);
        }
    }

    /** Does what waited for writes that are durable now. */
    private void drain() {
        long persisted = 0;
        while (!pending.isEmpty() && pending.peekFirst().written() <= disk.synced()) {
            Pending durable = pending.removeFirst();
            for (Outgoing each : durable.messages()) sendOut(each);
            if (durable.writes()) persisted = durable.step();
        }
        if (persisted > 0) deliver(new Input.Persisted(persisted));
    }

    private void sendOut(Outgoing outgoing) {
        point(CrashPoint.BEFORE_SEND);
        Server to = world.server(outgoing.to());
        if (to != null) send(to, outgoing.message());
        point(CrashPoint.AFTER_SEND);
    }

    void send(Server to, Message message) {
        if (message instanceof Message.Promise promise) expose(promise.ballot());
        else if (message instanceof Message.Accepted accepted) expose(accepted.ballot());
        shared.network().send(number, to.number, () -> to.received(this, message));
    }

    private void expose(Ballot ballot) {
        if (ballot.compareTo(exposed) > 0) exposed = ballot;
    }

    private void received(Server from, Message message) {
        if (core == null) return;
        shared.trace().note(name(), message.getClass().getSimpleName(), from.number, inbox.size());
        deliver(new Input.Received(from.id, message));
    }

    /** A peer's snapshot has arrived. */
    void snapshotArrived(StoredSnapshot snapshot) {
        if (core != null) transfers.install(snapshot);
    }

    private void apply(Effects.Chosen chosen) {
        long slot = chosen.entry().slot();
        coreChosen = slot;
        if (slot <= machine.slot()) return;
        if (slot != machine.slot() + 1)
            throw new BrokenInvariant(
                    Invariant.APPLY_ORDER, name() + " was handed slot " + slot + " after " + machine.slot());
        byte[] result = machine.apply(chosen.entry());
        world.applied(machine);
        shared.trace().note(name(), "apply", slot, machine.state().revision());
        if (chosen.proposal() != 0 && result != null) requests.applied(slot, chosen.proposal(), result);
        point(CrashPoint.APPLYING);
    }

    /** Up to where the core knows what is chosen. */
    long coreChosen() {
        return coreChosen;
    }

    /** A snapshot up to {@code slot} is in place. */
    void restored(long slot) {
        coreChosen = Math.max(coreChosen, slot);
        leases.applied();
        watches.step();
        requests.reached(machine.slot());
    }

    private void heed(Fact fact) {
        if (fact instanceof Fact.RoleChanged changed) {
            role = changed.role();
            leader = changed.leader();
            shared.trace().note(name(), changed.role().name(), changed.ballot().round(), 0);
            if (role == Role.LEADER) world.leads(this, changed.ballot());
            leases.leads(role == Role.LEADER ? changed.ballot().round() : 0);
        } else if (fact instanceof Fact.CatchUpWanted wanted) {
            Server peer = world.server(wanted.peer());
            if (peer != null) transfers.catchUp(peer, wanted.from());
        } else if (fact instanceof Fact.Reached reached) {
            shared.reach().mark(reached.marker());
        } else {
            if (fact instanceof Fact.ChangeDone && core != null) world.requireKnown(name(), core.configuration());
            requests.heed(fact);
        }
    }
}
