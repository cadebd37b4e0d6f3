package dev.attune.consensus.paxos;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.paxos.quorum.Configuration;
import dev.attune.transport.PeerTransport;
import dev.attune.transport.SocketCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Paxos members with real files and real sockets on loopback. */
final class PaxosCluster extends SocketCluster {
    private final Duration electionTimeout;

    PaxosCluster(Path root, Duration electionTimeout) {
        super(root, "test");
        this.electionTimeout = electionTimeout;
    }

    @Override
    protected ReplicatedLog start(MemberId id, Membership initial, JournalMachine machine, PeerTransport transport)
            throws IOException {
        return PaxosLog.start(options(id, initial), machine, transport, PaxosCluster::fatal);
    }

    /** The same where {@code witness} keeps no state. */
    void start(MemberId id, Membership voters, MemberId witness) throws Exception {
        PaxosOptions options =
                options(id, voters).withInitial(Configuration.initial(voters).withWitnesses(List.of(witness)));
        run(
                id,
                (machine, transport) -> id.equals(witness)
                        ? PaxosLog.startWitness(options, transport, PaxosCluster::fatal)
                        : PaxosLog.start(options, machine, transport, PaxosCluster::fatal));
    }

    /** Starts a member that waits to be added as a witness, or that was. */
    void startWitness(MemberId id) throws Exception {
        run(
                id,
                (machine, transport) ->
                        PaxosLog.startWitness(options(id, Membership.none()), transport, PaxosCluster::fatal));
    }

    private static void fatal(String reason, Throwable cause) {
        throw new IllegalStateException(reason, cause);
    }

    private PaxosOptions options(MemberId id, Membership initial) {
        return PaxosOptions.of(id, "test", initial, files(id)).withElectionTimeout(electionTimeout);
    }
}
