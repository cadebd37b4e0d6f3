package dev.attune.consensus.raft;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.LogCluster;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.transport.CuttableTransport;
import dev.attune.transport.LoopbackPeers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Raft members with real files and real sockets on loopback. */
final class RaftCluster implements LogCluster {
    private final Path root;
    private final Duration electionTimeout;
    // Clusters of one process must not share a name within the library.
    private final String group =
            "test-" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
    private final LoopbackPeers peers = new LoopbackPeers(group);
    private final Map<MemberId, Running> running = new ConcurrentHashMap<>();

    RaftCluster(Path root, Duration electionTimeout) {
        this.root = root;
        this.electionTimeout = electionTimeout;
    }

    // Every member there ever was: who is known from configuration or state.
    private final Set<MemberId> known = ConcurrentHashMap.newKeySet();

    private record Running(RaftMember log, JournalMachine machine, CuttableTransport transport) {}

    @Override
    public void start(MemberId id, Membership initial) throws Exception {
        start(id, initial, false);
    }

    /** Starts a member that took part before, whatever its files say. */
    void restart(MemberId id) throws Exception {
        start(id, Membership.voters(known.toArray(MemberId[]::new)), true);
    }

    private void start(MemberId id, Membership initial, boolean begun) throws Exception {
        JournalMachine machine = new JournalMachine();
        CuttableTransport transport = new CuttableTransport(peers.start(id));
        RaftOptions options =
                RaftOptions.of(id, group, initial, root.resolve(id.value())).withElectionTimeout(electionTimeout);
        Set<MemberId> others = new TreeSet<>(known);
        others.addAll(initial.voters());
        others.remove(id);
        known.add(id);
        RaftMember log =
                RaftMember.start(begun ? options.withBegun() : options, machine, transport, others, (reason, cause) -> {
                    throw new IllegalStateException(reason, cause);
                });
        running.put(id, new Running(log, machine, transport));
    }

    @Override
    public void stop(MemberId id) {
        Running member = Objects.requireNonNull(running.remove(id), id.value());
        member.log.close();
        member.transport.close();
    }

    /** Where the member's files lie. */
    Path files(MemberId id) {
        return root.resolve(id.value());
    }

    /** As if the process died: all its connections close and it takes no leave of anybody. */
    void kill(MemberId id) {
        member(id).transport.close();
    }

    @Override
    public void isolate(MemberId id) {
        member(id).transport.cut(true);
    }

    @Override
    public void heal(MemberId id) {
        member(id).transport.cut(false);
    }

    @Override
    public ReplicatedLog log(MemberId id) {
        return member(id).log;
    }

    @Override
    public JournalMachine machine(MemberId id) {
        return member(id).machine;
    }

    private Running member(MemberId id) {
        return Objects.requireNonNull(running.get(id), () -> id + " is not running");
    }

    @Override
    public void close() {
        for (MemberId id : running.keySet()) stop(id);
        peers.close();
    }
}
