package dev.attune.simulator.world;

import dev.attune.consensus.paxos.core.CoreOptions;
import dev.attune.consensus.paxos.core.Effects;
import dev.attune.consensus.paxos.core.Input;
import dev.attune.consensus.paxos.core.PaxosCore;
import dev.attune.consensus.paxos.core.Recovered;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.simulator.client.ClientRules;
import dev.attune.store.Lease;
import dev.attune.store.LeaseClock;
import dev.attune.store.RevisionStore;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a world is made of. By default the real parts; a test puts a broken one in the place of any of them, to see that
 * the simulator notices.
 */
public interface Parts extends ClientRules {
    /** The parts under test. */
    static Parts real() {
        return new Parts() {};
    }

    /** One life of a consensus core. */
    interface Core {
        Effects step(Input input);

        /** The configuration in force for the next slot. */
        Configuration configuration();
    }

    /** Applies commands to a server's store. */
    interface Applier {
        byte[] apply(long index, byte[] command);
    }

    default Core core(CoreOptions options, Recovered recovered, RandomGenerator jitter) {
        PaxosCore core = new PaxosCore(options, recovered, jitter);
        return new Core() {
            @Override
            public Effects step(Input input) {
                return core.step(input);
            }

            @Override
            public Configuration configuration() {
                return core.configuration();
            }
        };
    }

    /** What stands between server {@code number} and its store. */
    default Applier applier(int number, Applier store) {
        return store;
    }

    /** A server starts, again or for the first time. */
    default void started(int number) {}

    /** What stands between a store and its state file. */
    default RevisionStore stateFile(RevisionStore file) {
        return file;
    }

    /** What stands between a hub and the queue of one watcher. */
    default WatchSink sink(WatchSink queue) {
        return queue;
    }

    /** What is asked of the hub for a watch. */
    default WatchSpec watch(WatchSpec asked, long revision) {
        return asked;
    }

    /** A leader's clock of leases. */
    default LeaseClock leaseClock(LongSupplier nanoTime, Supplier<Collection<Lease>> leases) {
        return new LeaseClock(nanoTime, leases);
    }

    /** Whether a leader has a quorum confirm that it leads before it gives a lease its time again. */
    default boolean confirmsKeepAlive() {
        return true;
    }

    /** What a server whose process or machine ended takes its state to be at. */
    enum Position {
        /** What was committed or synced together with the state. */
        WITH_THE_STATE,
        /** The newest there was. */
        NEWEST,
        /** The last that was synced, also when the state is newer. */
        SYNCED
    }

    /** See {@link Position}. */
    default Position positionAfterCrash() {
        return Position.WITH_THE_STATE;
    }

    /** Whether a server stops when a sync fails (G6). */
    default boolean stopsOnSyncError() {
        return true;
    }

    /** Whether damage before the end of the log is told to the core (G7). */
    default boolean reportsDamage() {
        return true;
    }
}
