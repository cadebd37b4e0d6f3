package dev.attune.consensus.raft;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.transport.PeerTransport;
import dev.attune.transport.SocketCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Raft members with real files and real sockets on loopback. */
final class RaftCluster extends SocketCluster {
    private final String group;
    private final Duration electionTimeout;
    // Every member there ever was: who is known from configuration or state.
    private final Set<MemberId> known = ConcurrentHashMap.newKeySet();

    RaftCluster(Path root, Duration electionTimeout) {
        // Clusters of one process must not share a name within the library.
        this(
                root,
                electionTimeout,
                "test-" + Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    }

    private RaftCluster(Path root, Duration electionTimeout, String group) {
        super(root, group);
        this.group = group;
        this.electionTimeout = electionTimeout;
    }

    @Override
    protected ReplicatedLog start(MemberId id, Membership initial, JournalMachine machine, PeerTransport transport)
            throws IOException {
        return start(id, options(id, initial), initial, machine, transport);
    }

    /** Starts a member that took part before, whatever its files say. */
    void restart(MemberId id) throws Exception {
        Membership all = Membership.voters(known.toArray(MemberId[]::new));
        run(id, (machine, transport) -> start(id, options(id, all).withBegun(), all, machine, transport));
    }

    private RaftOptions options(MemberId id, Membership initial) {
        return RaftOptions.of(id, group, initial, files(id)).withElectionTimeout(electionTimeout);
    }

    private RaftMember start(
            MemberId id, RaftOptions options, Membership initial, JournalMachine machine, PeerTransport transport)
            throws IOException {
        Set<MemberId> others = new TreeSet<>(known);
        others.addAll(initial.voters());
        others.remove(id);
        known.add(id);
        return RaftMember.start(options, machine, transport, others, (reason, cause) -> {
            throw new IllegalStateException(reason, cause);
        });
    }
}
