package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.keyspace.Leases;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Leases on any node: the leader's clock answers, and revokes through the log what has run out. */
final class NodeLeases implements Leases {
    private static final long TICK_MILLIS = 100;

    private final StateHost host;
    private final ReplicatedLog log;
    private final PeerCalls peers;
    private final LeaseClock clock;

    NodeLeases(StateHost host, ReplicatedLog log, PeerCalls peers, LeaseClock clock) {
        this.host = host;
        this.log = log;
        this.peers = peers;
        this.clock = clock;
    }

    void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::expire, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletableFuture<Long> keepAlive(long leaseId) {
        return atLeader(() -> clock.keepAlive(leaseId), leader -> peers.keepAlive(leader, leaseId));
    }

    @Override
    public CompletableFuture<Lease> lease(long leaseId) {
        return atLeader(() -> clock.remainingMillis(leaseId), leader -> peers.remaining(leader, leaseId))
                .thenApply(remaining -> host.inspect(store -> store.lease(leaseId)
                        .map(lease -> new Lease(
                                leaseId,
                                lease.ttlMillis(),
                                remaining,
                                lease.keys().stream().sorted().toList()))
                        .orElseThrow(() ->
                                new AttuneException(ErrorCode.LEASE_NOT_FOUND, "lease " + leaseId + " not found"))));
    }

    @Override
    public CompletableFuture<List<Long>> leases() {
        return CompletableFuture.completedFuture(host.inspect(
                store -> store.leases().stream().map(dev.attune.store.Lease::id).toList()));
    }

    private CompletableFuture<Long> atLeader(
            java.util.function.Supplier<Long> here, Function<MemberId, CompletableFuture<Long>> there) {
        try {
            if (host.leading()) return CompletableFuture.completedFuture(here.get());
        } catch (AttuneException e) {
            return CompletableFuture.failedFuture(e);
        }
        return log.status()
                .leader()
                .filter(leader -> !leader.equals(log.status().self()))
                .map(there)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.UNAVAILABLE, "No leader is known.")));
    }

    private void expire() {
        for (long id : clock.expired()) {
            log.propose(CommandCodec.encode(new Command.RevokeLease(id))).whenComplete((done, failure) -> {
                // Revoking twice is harmless, so every failure is followed by another try while this member leads.
                if (failure != null) clock.again(id);
            });
        }
    }
}
