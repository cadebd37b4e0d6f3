package dev.attune.transport;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.LogCluster;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Members of any engine with real files, and real sockets on loopback that can be cut. */
public abstract class SocketCluster implements LogCluster {
    private final Path root;
    private final LoopbackPeers peers;
    private final Map<MemberId, Running> running = new ConcurrentHashMap<>();

    /** @param group the same for all members of this cluster, and for no other in this process */
    protected SocketCluster(Path root, String group) {
        this.root = root;
        peers = new LoopbackPeers(group);
    }

    private record Running(ReplicatedLog log, JournalMachine machine, CuttableTransport transport) {}

    /** Starts the engine of one member. */
    @FunctionalInterface
    protected interface Starter {
        ReplicatedLog start(JournalMachine machine, PeerTransport transport) throws Exception;
    }

    @Override
    public void start(MemberId id, Membership initial) throws Exception {
        run(id, (machine, transport) -> start(id, initial, machine, transport));
    }

    /** Starts the engine of a member with its files below {@link #files}. */
    protected abstract ReplicatedLog start(
            MemberId id, Membership initial, JournalMachine machine, PeerTransport transport) throws Exception;

    /** Starts a member in a way of its own. */
    protected final void run(MemberId id, Starter starter) throws Exception {
        JournalMachine machine = new JournalMachine();
        CuttableTransport transport = new CuttableTransport(peers.start(id));
        running.put(id, new Running(starter.start(machine, transport), machine, transport));
    }

    @Override
    public void stop(MemberId id) {
        Running member = Objects.requireNonNull(running.remove(id), id.value());
        member.log.close();
        member.transport.close();
    }

    /** Where the member's files lie. */
    public final Path files(MemberId id) {
        return root.resolve(id.value());
    }

    @Override
    public void kill(MemberId id) {
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
