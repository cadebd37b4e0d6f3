package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.server.cluster.Member;
import dev.attune.server.http.HttpOptions;
import dev.attune.transport.PeerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Settings of one node.
 *
 * @param dataDirectory everything of this node lies below it; no other process may use it
 * @param apiAddress what clients are told to connect to; empty for the listener's own address
 * @param peerListen where other members connect; port 0 takes a free one
 * @param peers every member of a new cluster including this one; empty for one of its own, or when joining
 * @param joining what the cluster to join told; empty unless this node joins one
 * @param administratorToken the first administrator's token; empty to generate one
 */
public record NodeOptions(
        MemberId id,
        Path dataDirectory,
        HttpOptions http,
        Optional<String> apiAddress,
        InetSocketAddress peerListen,
        Optional<PeerTls> peerTls,
        List<Member> peers,
        Optional<Joining> joining,
        Optional<String> administratorToken,
        ConsensusOptions consensus) {
    public NodeOptions {
        peers = List.copyOf(peers);
        boolean listed = peers.stream().anyMatch(each -> each.id().equals(id));
        if (!peers.isEmpty() && !listed && joining.isEmpty())
            throw new IllegalArgumentException("peers: without this node (expected: " + id + " among them)");
    }

    /** Whether this node votes and keeps no data. */
    public boolean isWitness() {
        return consensus.witnesses().contains(id);
    }

    /**
     * This node as others are told of it.
     *
     * @param peerPort where it listens for them
     * @param apiPort where it listens for clients
     */
    Member self(int peerPort, int apiPort) {
        String peerAddress = peers.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .map(Member::peerAddress)
                .orElseGet(() -> peerListen.getHostString() + ":" + peerPort);
        return new Member(id, peerAddress, apiAddress.orElseGet(() -> http.host() + ":" + apiPort));
    }

    /** A node of its own on loopback, on free ports when they are 0. */
    public static NodeOptions single(MemberId id, Path dataDirectory, int apiPort, int peerPort) {
        return new NodeOptions(
                id,
                dataDirectory,
                HttpOptions.loopback(apiPort),
                Optional.empty(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), peerPort),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                ConsensusOptions.defaults());
    }

    /** The same with another way to listen for clients. */
    public NodeOptions withHttp(HttpOptions listener) {
        return new NodeOptions(
                id,
                dataDirectory,
                listener,
                apiAddress,
                peerListen,
                peerTls,
                peers,
                joining,
                administratorToken,
                consensus);
    }

    /** The same as one of the members of a new cluster. */
    public NodeOptions withPeers(List<Member> members) {
        return new NodeOptions(
                id,
                dataDirectory,
                http,
                apiAddress,
                peerListen,
                peerTls,
                members,
                joining,
                administratorToken,
                consensus);
    }

    /** The same by another engine. */
    public NodeOptions withEngine(Engine engine) {
        return new NodeOptions(
                id,
                dataDirectory,
                http,
                apiAddress,
                peerListen,
                peerTls,
                peers,
                joining,
                administratorToken,
                new ConsensusOptions(engine, consensus.electionTimeout(), Optional.empty()));
    }

    /** The same with another way to agree. */
    public NodeOptions withConsensus(ConsensusOptions other) {
        return new NodeOptions(
                id, dataDirectory, http, apiAddress, peerListen, peerTls, peers, joining, administratorToken, other);
    }

    /** The same with a chosen administrator's token. */
    public NodeOptions withAdministratorToken(String token) {
        return new NodeOptions(
                id,
                dataDirectory,
                http,
                apiAddress,
                peerListen,
                peerTls,
                peers,
                joining,
                Optional.of(token),
                consensus);
    }

    /** The same, joining a running cluster as a learner. */
    public NodeOptions joining(Joining cluster) {
        return new NodeOptions(
                id,
                dataDirectory,
                http,
                apiAddress,
                peerListen,
                peerTls,
                List.of(),
                Optional.of(cluster),
                administratorToken,
                consensus);
    }

    /** What a running cluster told of itself. */
    public record Joining(String networkId, List<Member> members) {
        public Joining {
            members = List.copyOf(members);
        }
    }
}
