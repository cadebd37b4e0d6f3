package dev.attune.server.node;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.consensus.paxos.PaxosLog;
import dev.attune.consensus.paxos.PaxosOptions;
import dev.attune.consensus.paxos.PaxosSeed;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.consensus.raft.RaftMember;
import dev.attune.consensus.raft.RaftOptions;
import dev.attune.consensus.raft.RaftSeed;
import dev.attune.server.cluster.Member;
import dev.attune.transport.PeerTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/** Starts the engine a node was told to agree by; nothing else knows which one it is. */
final class LogStart {
    private static final String GROUP = "attune";

    private LogStart() {}

    /** @param others the members this node knows of beside itself */
    static ReplicatedLog start(
            NodeOptions options,
            DataDirectory data,
            StateMachine machine,
            PeerTransport transport,
            List<MemberId> others,
            BiConsumer<String, Throwable> onFatal)
            throws IOException {
        return switch (options.consensus().engine()) {
            case RAFT -> {
                RaftOptions raft = raft(options, data.log());
                yield RaftMember.start(
                        data.hasBegun() ? raft.withBegun() : raft, machine, transport, others, onFatal::accept);
            }
            case PAXOS ->
                PaxosLog.start(paxos(options, data.log()).withBegun(data.hasBegun()), machine, transport, onFatal);
        };
    }

    /** Starts the engine of a witness, which has no state. */
    static ReplicatedLog startWitness(
            NodeOptions options, DataDirectory data, PeerTransport transport, BiConsumer<String, Throwable> onFatal)
            throws IOException {
        return PaxosLog.startWitness(paxos(options, data.log()).withBegun(data.hasBegun()), transport, onFatal);
    }

    /** Writes the engine's files of a member whose state came from elsewhere. */
    static void seed(NodeOptions options, StateMachine.Frozen state, long term) throws IOException {
        Engine engine = options.consensus().engine();
        Path directory = DataDirectory.log(options.dataDirectory(), engine);
        switch (engine) {
            case RAFT -> RaftSeed.write(raft(options, directory), state, term);
            case PAXOS -> PaxosSeed.write(paxos(options, directory), state, term);
        }
    }

    private static RaftOptions raft(NodeOptions options, Path directory) {
        return RaftOptions.of(options.id(), GROUP, initial(options), directory)
                .withElectionTimeout(options.consensus().electionTimeout());
    }

    private static PaxosOptions paxos(NodeOptions options, Path directory) {
        PaxosOptions paxos = PaxosOptions.of(options.id(), GROUP, initial(options), directory)
                .withElectionTimeout(options.consensus().electionTimeout());
        if (options.joining().isPresent()) return paxos;
        // It joined before, and what it was told then is on its disk.
        if (options.isWitness() && options.peers().isEmpty()) return paxos.withInitial(Configuration.none());
        Configuration initial =
                options.consensus().quorums().map(Configuration::initial).orElse(paxos.initial());
        return paxos.withInitial(initial.withWitnesses(options.consensus().witnesses()));
    }

    private static Membership initial(NodeOptions options) {
        if (options.joining().isPresent()) return Membership.none();
        if (options.peers().isEmpty()) return Membership.voters(options.id());
        return Membership.voters(options.peers().stream().map(Member::id).toArray(MemberId[]::new));
    }
}
