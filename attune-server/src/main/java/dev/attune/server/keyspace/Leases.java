package dev.attune.server.keyspace;

import dev.attune.model.Bytes;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What the log does not carry about leases: how long they still live. Only the leader measures; followers ask it.
 * Granting and revoking are {@link Keyspace#write commands}.
 *
 * <p>Callable from any thread; never blocks. Futures fail with {@code LEASE_NOT_FOUND} for a lease that is unknown or
 * has ended and with {@code UNAVAILABLE} without a leader.
 */
public interface Leases {
    /** No lease is granted for less. */
    long TTL_MILLIS_MIN = 1_000;

    /** Gives the lease its full time again; completes with that time in milliseconds. */
    CompletableFuture<Long> keepAlive(long leaseId);

    /** The lease with what is left of its time. */
    CompletableFuture<Lease> lease(long leaseId);

    /** The ids of all leases, by this node's state. */
    CompletableFuture<List<Long>> leases();

    /**
     * A running lease.
     *
     * @param ttlMillis its full time
     * @param remainingMillis what is left of it, by the leader's monotonic clock
     * @param keys what is attached to it, by this node's state
     */
    record Lease(long id, long ttlMillis, long remainingMillis, List<Bytes> keys) {
        public Lease {
            keys = List.copyOf(keys);
        }
    }
}
