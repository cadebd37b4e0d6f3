package dev.attune.server.keyspace;

import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.CommandResult;
import dev.attune.store.WatchSink;
import dev.attune.store.WatchSpec;
import java.util.concurrent.CompletableFuture;

/**
 * The store as this node's protocols see it: any node serves any call. Rights are checked before, by the caller's
 * protocol, at the one authoriser.
 *
 * <p>Callable from any thread; never blocks. Futures complete on a server thread and fail with
 * {@link dev.attune.model.AttuneException}; {@code OUTCOME_UNKNOWN} keeps its meaning across forwarding.
 */
public interface Keyspace {
    /**
     * Agrees on and applies a command; a follower forwards it to the leader. A refused command (a lease that does not
     * exist, a malformed transaction) fails with its code.
     */
    CompletableFuture<CommandResult> write(Command command);

    /**
     * A change that a caller makes to raw keys, leases or history, in the caller's name for the record of who changed
     * what; otherwise as {@link #write}.
     */
    default CompletableFuture<CommandResult> writeAs(String who, Command command) {
        return write(command);
    }

    /** Runs a range, or a transaction that only reads, on this node's state. */
    CompletableFuture<CommandResult> read(Operation operation, ReadLevel level);

    /** Starts a watch on this node's state. The sink is called on a server thread. */
    Watch watch(WatchSpec spec, WatchSink sink);

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** Says that the sink has room again after it refused. */
        void resume();

        /** Asks for a progress mark as soon as everything up to now was delivered. */
        void requestProgress();

        @Override
        void close();
    }
}
