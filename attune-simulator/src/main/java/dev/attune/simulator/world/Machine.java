package dev.attune.simulator.world;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.paxos.core.ConfigurationChain;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.disk.StoredSnapshot;
import dev.attune.simulator.judge.Ledger;
import dev.attune.simulator.state.SimState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What one server has applied: the store, the slot it is at, and the configuration in force behind that. The last two
 * are kept with the state file, in the same commit.
 */
final class Machine {
    private final String name;
    private final SimState state;
    private final Parts.Applier applier;
    private final Ledger ledger;
    private final Parts parts;
    private final Configuration initial;
    private final boolean witness;
    private Position live;
    private Position committed;
    private Position synced;

    Machine(String name, SimState state, Parts.Applier applier, Shared shared, Configuration initial, boolean witness) {
        this.name = name;
        this.state = state;
        this.applier = applier;
        this.ledger = shared.ledger();
        this.parts = shared.parts();
        this.initial = initial;
        this.witness = witness;
        live = new Position(0, initial);
        committed = live;
        synced = live;
    }

    private record Position(long slot, Configuration configuration) {}

    SimState state() {
        return state;
    }

    /** The last slot applied. */
    long slot() {
        return live.slot();
    }

    Configuration configuration() {
        return live.configuration();
    }

    /** What this server was first told. */
    Configuration initial() {
        return initial;
    }

    /** A witness goes on behind what it has forgotten. */
    void begin(long slot, Configuration configuration) {
        if (slot <= live.slot()) return;
        live = new Position(slot, configuration);
        committed = live;
    }

    boolean isWitness() {
        return witness;
    }

    /** Applies the entry of the next slot; returns the command's result, null for an entry without one. */
    byte @Nullable [] apply(Entry entry) {
        Configuration configuration =
                ConfigurationChain.changeBy(entry, live.configuration()).orElse(live.configuration());
        byte @Nullable [] command = entry.kind() == Entry.Kind.COMMAND ? entry.value() : null;
        ledger.chosen(
                name, entry.slot(), identity(entry), command, entry.ballot().round());
        ledger.ballots().requireOnly(entry.slot(), identity(entry), this::isQuorum);
        if (!configuration.equals(live.configuration())) ledger.ballots().changed(entry.slot(), identity(entry));
        byte @Nullable [] result = null;
        if (!witness) {
            if (command != null) result = applier.apply(entry.slot(), command);
            ledger.applied(name, entry.slot(), state.hash(), state.revision(), result);
        }
        live = new Position(entry.slot(), configuration);
        return result;
    }

    private boolean isQuorum(BitSet servers) {
        Collection<MemberId> members = new ArrayList<>();
        servers.stream().forEach(number -> members.add(new MemberId("s" + number)));
        return live.configuration().quorums().phase2(members);
    }

    /** A fingerprint of an entry's value. */
    static long identity(Entry entry) {
        long hash = 0xcbf29ce484222325L ^ entry.kind().ordinal();
        for (byte each : entry.value()) hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        return hash == 0 ? 1 : hash;
    }

    /** Ends a batch. */
    void commit() {
        state.commit();
        committed = live;
    }

    StoredSnapshot snapshot() {
        commit();
        return new StoredSnapshot(live.slot(), live.configuration(), state.snapshot());
    }

    /** Makes the state file durable. */
    void sync() {
        state.sync();
        synced = committed;
    }

    void restore(StoredSnapshot snapshot) {
        state.restore(snapshot.state());
        ledger.applied(name, snapshot.slot(), state.hash(), state.revision(), null);
        live = new Position(snapshot.slot(), snapshot.configuration());
        committed = live;
        synced = live;
    }

    /** The process ends. */
    void crash() {
        state.crash();
        live = kept(committed);
    }

    /** The machine ends. */
    void losePower() {
        state.losePower();
        live = kept(synced);
        committed = live;
    }

    private Position kept(Position withTheState) {
        return switch (parts.positionAfterCrash()) {
            case WITH_THE_STATE -> withTheState;
            case NEWEST -> live;
            case SYNCED -> synced;
        };
    }

    /** The state file is gone. */
    void loseFile() {
        state.loseFile();
        live = new Position(0, initial);
        committed = live;
        synced = live;
    }

    /** Opens the state file; returns whether it could be used. */
    boolean open() {
        boolean intact = state.reopen();
        if (!intact) loseFile();
        if (!witness && live.slot() > 0) ledger.applied(name, live.slot(), state.hash(), state.revision(), null);
        return intact && live.slot() > 0;
    }
}
