package dev.attune.consensus.paxos;

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
import java.util.concurrent.ConcurrentHashMap;

/** Paxos members with real files and real sockets on loopback. */
final class PaxosCluster implements LogCluster {
    private final Path root;
    private final Duration electionTimeout;
    private final LoopbackPeers peers = new LoopbackPeers("test");
    private final Map<MemberId, Running> running = new ConcurrentHashMap<>();

    PaxosCluster(Path root, Duration electionTimeout) {
        this.root = root;
        this.electionTimeout = electionTimeout;
    }

    private record Running(PaxosLog log, JournalMachine machine, CuttableTransport transport) {}

    @Override
    public void start(MemberId id, Membership initial) throws Exception {
        JournalMachine machine = new JournalMachine();
        CuttableTransport transport = new CuttableTransport(peers.start(id));
        PaxosOptions options =
                PaxosOptions.of(id, "test", initial, root.resolve(id.value())).withElectionTimeout(electionTimeout);
        PaxosLog log = PaxosLog.start(options, machine, transport, (reason, cause) -> {
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
