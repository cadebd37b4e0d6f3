package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.cluster.Cluster;
import dev.attune.server.cluster.Member;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.server.keyspace.Leases;
import dev.attune.store.LeaseClock;
import dev.attune.store.Store;
import dev.attune.store.WatchEvents;
import dev.attune.store.WatchSpec;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The replicated part of a node, without its network listener: what every protocol is a layer over. */
public final class NodeCore implements AutoCloseable {
    private static final long HASH_CHECK_SECONDS = 15;

    private final StateHost host;
    private final ReplicatedLog log;
    private final NodeThreads threads;
    private final WatchLoop watches;
    private final ReplicatedKeyspace keyspace;
    private final NodeLeases leases;
    private final ReplicatedCluster cluster;
    private final Quarantine quarantine = new Quarantine();
    private final MemberId self;

    /** Starts the engine over the state machine; called once. */
    @FunctionalInterface
    public interface LogStarter {
        ReplicatedLog start(StateMachine machine) throws IOException;
    }

    /**
     * What a core stands on.
     *
     * @param networkId what members name each other before they talk
     * @param onFatal is told when this member cannot go on; the process should end
     */
    public record Parts(
            MemberId self,
            String networkId,
            Store store,
            PeerTransport transport,
            AddressTable addresses,
            LogStarter log,
            Consumer<Throwable> onFatal) {}

    private NodeCore(Parts parts) throws IOException {
        self = parts.self();
        host = new StateHost(parts.store());
        threads = new NodeThreads(self.value());
        watches = new WatchLoop(host, self.value(), parts.onFatal());
        RevisionWaiters waiters = new RevisionWaiters();
        LeaseClock clock = new LeaseClock(System::nanoTime, () -> host.inspect(Store::leases));
        learnMembers(parts.addresses());
        host.listen(new StateHost.Listener() {
            @Override
            public void applied(long revision, boolean leasesChanged) {
                if (leasesChanged) clock.leasesChanged();
                waiters.reached(revision);
                watches.signal();
            }

            @Override
            public void restored(long revision) {
                learnMembers(parts.addresses());
                clock.leasesChanged();
                waiters.reached(revision);
                watches.signal();
            }

            @Override
            public void leadershipChanged(boolean leading, long term) {
                clock.leadershipChanged(leading, term);
            }
        });
        PeerCalls peers = new PeerCalls(parts.transport());
        log = parts.log().start(host);
        keyspace = new ReplicatedKeyspace(host, log, peers, watches, waiters, threads, quarantine);
        leases = new NodeLeases(host, log, peers, clock);
        cluster = new ReplicatedCluster(host, log, peers, keyspace, parts.addresses(), quarantine, parts.networkId());
        peers.serve(new Answers(leases, parts.addresses()));
        watches.start();
        leases.start(threads.timer());
        followMembers(parts.addresses());
        HashCheck check = new HashCheck(host, log, peers, quarantine);
        threads.timer().scheduleWithFixedDelay(check::run, HASH_CHECK_SECONDS, HASH_CHECK_SECONDS, TimeUnit.SECONDS);
    }

    /** Starts everything; ends with an exception when the engine cannot. */
    public static NodeCore start(Parts parts) throws IOException {
        return new NodeCore(parts);
    }

    public Keyspace keyspace() {
        return keyspace;
    }

    public Leases leases() {
        return leases;
    }

    public Cluster cluster() {
        return cluster;
    }

    /** This member's view of the log. */
    public LogStatus status() {
        return log.status();
    }

    /** The identity of the data; empty before the cluster was initialised. */
    public String clusterId() {
        return ReplicatedCluster.clusterId(host);
    }

    /** This member's newest revision. */
    public long revision() {
        return host.revision();
    }

    /** Why the node does not serve; empty when it does. */
    public Optional<String> notReady() {
        if (quarantine.reason().isPresent()) return quarantine.reason();
        LogStatus status = log.status();
        if (status.role() == LogStatus.Role.REPAIRING)
            return Optional.of("its log is damaged and is being fetched from the other members");
        if (status.leader().isEmpty()) return Optional.of("no leader");
        if (clusterId().isEmpty()) return Optional.of("the cluster is not initialised yet");
        return Optional.empty();
    }

    StateHost host() {
        return host;
    }

    NodeThreads threads() {
        return threads;
    }

    int writesUnderWay() {
        return keyspace.inFlight();
    }

    long writesRefused() {
        return keyspace.refused();
    }

    int watcherCount() {
        return watches.watcherCount();
    }

    private void learnMembers(AddressTable addresses) {
        Operation all = Operation.Range.of(KeyRange.prefix(Member.folder()));
        OperationResult.Range found =
                (OperationResult.Range) Objects.requireNonNull(host.read(all).result());
        found.keyValues().forEach(kv -> addresses.learn(Member.of(kv.key(), kv.value())));
    }

    private void followMembers(AddressTable addresses) {
        WatchSpec spec = WatchSpec.of(KeyRange.prefix(Member.folder()), 0);
        watches.open(spec, message -> {
            if (message instanceof WatchEvents events)
                events.events().forEach(event -> {
                    if (event.isDelete())
                        addresses.forget(Member.idOfKey(event.keyValue().key()));
                    else
                        addresses.learn(Member.of(
                                event.keyValue().key(), event.keyValue().value()));
                });
            return true;
        });
    }

    /** Hands leadership to another voter when this member leads and there is one; completes when that is tried. */
    CompletableFuture<Void> stepDown() {
        LogStatus now = log.status();
        if (!now.isLeader()) return CompletableFuture.completedFuture(null);
        return now.membership().keepers().stream()
                .filter(each -> !each.equals(self))
                .findFirst()
                .map(to -> log.transferLeadership(to).exceptionally(refused -> null))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** Stops taking part and closes the state; what was not yet written out is applied again from the log. */
    @Override
    public void close() {
        threads.close();
        log.close();
        watches.close();
        host.close();
    }

    private final class Answers implements PeerCalls.Answers {
        private final NodeLeases leases;
        private final AddressTable addresses;

        private Answers(NodeLeases leases, AddressTable addresses) {
            this.leases = leases;
            this.addresses = addresses;
        }

        @Override
        public CompletableFuture<byte[]> propose(byte[] command) {
            return keyspace.proposeHere(command);
        }

        @Override
        public CompletableFuture<Long> keepAlive(long leaseId) {
            return leases.keepAliveHere(leaseId);
        }

        @Override
        public CompletableFuture<Long> remaining(long leaseId) {
            return leases.remainingHere(leaseId);
        }

        @Override
        public CompletableFuture<Void> change(MembershipChange change) {
            return log.changeMembership(change);
        }

        @Override
        public CompletableFuture<Void> transfer(MemberId to) {
            return log.transferLeadership(to);
        }

        @Override
        public List<HashTrail.Mark> marks() {
            return host.marks();
        }

        @Override
        public List<Member> members() {
            return addresses.all();
        }
    }
}
