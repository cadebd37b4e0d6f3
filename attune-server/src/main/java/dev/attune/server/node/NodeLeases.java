package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.server.keyspace.Leases;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.LeaseClock;
import dev.attune.store.ResultCodec;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Leases on any node: the leader's clock answers, once a quorum has confirmed that it still leads, and ends through the
 * log what has run out.
 */
final class NodeLeases implements Leases {
    private static final long TICK_MILLIS = 100;

    private final StateHost host;
    private final ReplicatedLog log;
    private final PeerCalls peers;
    private final LeaseClock clock;
    private final SharedBarrier barrier;

    NodeLeases(StateHost host, ReplicatedLog log, PeerCalls peers, LeaseClock clock) {
        this.host = host;
        this.log = log;
        this.peers = peers;
        this.clock = clock;
        this.barrier = new SharedBarrier(log);
    }

    void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::expire, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public CompletableFuture<Long> keepAlive(long leaseId) {
        return atLeader(() -> keepAliveHere(leaseId), leader -> peers.keepAlive(leader, leaseId));
    }

    /** The same on this member, which must lead. */
    CompletableFuture<Long> keepAliveHere(long leaseId) {
        return confirmed().thenApply(done -> clock.keepAlive(leaseId));
    }

    /** What is left of a lease's time, on this member, which must lead. */
    CompletableFuture<Long> remainingHere(long leaseId) {
        return confirmed().thenApply(done -> clock.remainingMillis(leaseId));
    }

    /** Completes once the clock speaks for the cluster: its claim is in the log, and nobody else led when this began. */
    private CompletableFuture<Void> confirmed() {
        return claim().thenCompose(done -> barrier.pass());
    }

    private CompletableFuture<Void> claim() {
        OptionalLong term = clock.unclaimed();
        if (term.isEmpty()) return CompletableFuture.completedFuture(null);
        return log.propose(CommandCodec.encode(new Command.KeepLeases(term.getAsLong())))
                .thenAccept(result -> {
                    if (ResultCodec.decode(result).error() == null) clock.claimed(term.getAsLong());
                });
    }

    @Override
    public CompletableFuture<Lease> lease(long leaseId) {
        return atLeader(() -> remainingHere(leaseId), leader -> peers.remaining(leader, leaseId))
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
            Supplier<CompletableFuture<Long>> here, Function<MemberId, CompletableFuture<Long>> there) {
        if (host.leading()) return here.get();
        return log.status()
                .leader()
                .filter(leader -> !leader.equals(log.status().self()))
                .map(there)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.UNAVAILABLE, "No leader is known.")));
    }

    private void expire() {
        // A claim that fails is tried again at the next turn.
        claim();
        for (Command.ExpireLease over : clock.expired()) {
            log.propose(CommandCodec.encode(over)).whenComplete((done, failure) -> {
                // Ending it twice is harmless, so every failure is followed by another try while this member leads.
                if (failure != null) clock.again(over.id());
                else clock.ended(over.id());
            });
        }
    }
}
