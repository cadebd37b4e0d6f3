package dev.attune.server.node;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.MembershipChange;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.model.AttuneException;
import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.model.kv.OperationResult;
import dev.attune.server.cluster.Cluster;
import dev.attune.server.cluster.ClusterStatus;
import dev.attune.server.cluster.Member;
import dev.attune.server.keyspace.Keyspace;
import dev.attune.storage.snapshot.SnapshotHeader;
import dev.attune.storage.snapshot.SnapshotWriter;
import dev.attune.store.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The cluster's operations: addresses go into the store before the log is told, so that every member can connect. */
final class ReplicatedCluster implements Cluster {
    private final StateHost host;
    private final ReplicatedLog log;
    private final PeerCalls peers;
    private final Keyspace keyspace;
    private final AddressTable addresses;
    private final Quarantine quarantine;
    private final String networkId;

    ReplicatedCluster(
            StateHost host,
            ReplicatedLog log,
            PeerCalls peers,
            Keyspace keyspace,
            AddressTable addresses,
            Quarantine quarantine,
            String networkId) {
        this.host = host;
        this.log = log;
        this.peers = peers;
        this.keyspace = keyspace;
        this.addresses = addresses;
        this.quarantine = quarantine;
        this.networkId = networkId;
    }

    @Override
    public ClusterStatus status() {
        return new ClusterStatus(
                clusterId(host),
                networkId,
                log.status(),
                host.revision(),
                host.stateHash().toString(),
                addresses.all(),
                quarantine.reason().map(List::of).orElse(List.of()));
    }

    /** The identity of the data; empty before the cluster was initialised. */
    static String clusterId(StateHost host) {
        OperationResult.Range found = (OperationResult.Range)
                Objects.requireNonNull(host.read(Operation.Range.of(KeyRange.key(Bootstrap.CLUSTER_ID)))
                        .result());
        return found.keyValues().isEmpty()
                ? ""
                : found.keyValues().get(0).value().toUtf8();
    }

    @Override
    public CompletableFuture<Void> addLearner(Member member) {
        return add(member, new MembershipChange.AddLearner(member.id()));
    }

    @Override
    public CompletableFuture<Void> addWitness(Member member) {
        return add(member, new MembershipChange.AddWitness(member.id()));
    }

    private CompletableFuture<Void> add(Member member, MembershipChange addition) {
        Operation put = Operation.Put.of(Member.key(member.id()), member.value());
        return keyspace.write(new Command.Mutate(null, put)).thenCompose(done -> change(addition));
    }

    @Override
    public CompletableFuture<Void> promote(MemberId member) {
        return change(new MembershipChange.Promote(member));
    }

    @Override
    public CompletableFuture<Void> remove(MemberId member) {
        Bytes key = Member.key(member);
        return change(new MembershipChange.Remove(member))
                .thenCompose(done -> keyspace.write(new Command.Mutate(null, Operation.Delete.of(key))))
                .thenApply(done -> null);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(MemberId to) {
        return atLeader(() -> log.transferLeadership(to), leader -> peers.transfer(leader, to));
    }

    @Override
    public void writeBackup(OutputStream out) throws IOException {
        try (StateMachine.Frozen frozen = host.freeze()) {
            SnapshotHeader header = new SnapshotHeader(
                    clusterId(host), frozen.index(), log.status().term());
            SnapshotWriter writer = new SnapshotWriter(out, header);
            frozen.writeTo(writer);
            writer.finish();
        }
    }

    private CompletableFuture<Void> change(MembershipChange change) {
        return atLeader(() -> log.changeMembership(change), leader -> peers.change(leader, change));
    }

    private CompletableFuture<Void> atLeader(
            java.util.function.Supplier<CompletableFuture<Void>> here,
            Function<MemberId, CompletableFuture<Void>> there) {
        LogStatus status = log.status();
        if (status.isLeader()) return here.get();
        Optional<MemberId> leader = status.leader().filter(each -> !each.equals(status.self()));
        return leader.map(there)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new AttuneException(ErrorCode.UNAVAILABLE, "No leader is known.")));
    }
}
