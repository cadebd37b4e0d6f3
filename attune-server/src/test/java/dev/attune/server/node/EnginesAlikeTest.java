package dev.attune.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.StateMachine;
import dev.attune.consensus.paxos.PaxosLog;
import dev.attune.consensus.paxos.PaxosOptions;
import dev.attune.consensus.raft.RaftLog;
import dev.attune.consensus.raft.RaftOptions;
import dev.attune.model.Bytes;
import dev.attune.model.RequestId;
import dev.attune.model.kv.Compare;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.Operation;
import dev.attune.store.Command;
import dev.attune.store.CommandCodec;
import dev.attune.store.InMemoryRevisionStore;
import dev.attune.store.Store;
import dev.attune.transport.NettyPeerTransport;
import dev.attune.transport.PeerOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnginesAlikeTest {
    private static final MemberId A = new MemberId("a");
    private static final int COMMANDS = 1_500;
    private static final int KEYS = 12;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("G9: the same commands give the same answers and the same state hash by either engine")
    void sameCommands_giveSameAnswersAndState(long seed) throws Exception {
        List<byte[]> commands = commands(new Random(seed));
        Run raft = new Run();
        Run paxos = new Run();
        try (NettyPeerTransport peers = transport();
                ReplicatedLog log = RaftLog.start(
                        RaftOptions.of(A, "alike-" + seed, Membership.voters(A), directory.resolve("raft")),
                        raft,
                        peers,
                        (reason, cause) -> {})) {
            raft.feed(log, commands);
        }
        try (NettyPeerTransport peers = transport();
                ReplicatedLog log = PaxosLog.start(
                        PaxosOptions.of(A, "alike-" + seed, Membership.voters(A), directory.resolve("paxos")),
                        paxos,
                        peers,
                        (reason, cause) -> {})) {
            paxos.feed(log, commands);
        }

        for (int i = 0; i < commands.size(); i++)
            assertThat(paxos.answers.get(i)).as("seed %d, answer %d", seed, i).isEqualTo(raft.answers.get(i));
        assertThat(paxos.store.stateHash()).isEqualTo(raft.store.stateHash());
        assertThat(paxos.store.revision()).isEqualTo(raft.store.revision()).isGreaterThan(COMMANDS / 3);
    }

    private static NettyPeerTransport transport() throws Exception {
        return NettyPeerTransport.start(
                PeerOptions.of(A, "alike", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                member -> Optional.empty());
    }

    private static List<byte[]> commands(Random random) {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            // One in eight is a repeat of an earlier request, under its id.
            boolean repeat = i > 0 && random.nextInt(8) == 0;
            commands.add(repeat ? commands.get(random.nextInt(i)) : CommandCodec.encode(command(random, i)));
        }
        return commands;
    }

    private static Command command(Random random, int number) {
        RequestId id = random.nextBoolean() ? new RequestId(1 + random.nextInt(3), number + 1, 1) : null;
        switch (random.nextInt(10)) {
            case 0:
                return new Command.Compact(1 + random.nextInt(number + 1));
            case 1:
                return new Command.GrantLease(1 + random.nextInt(5), 60_000);
            case 2:
                return new Command.RevokeLease(1 + random.nextInt(5));
            case 3:
                return new Command.Mutate(id, new Operation.Delete(KeyRange.key(key(random)), true));
            case 4, 5:
                Compare compare = random.nextBoolean()
                        ? Compare.absent(key(random))
                        : Compare.valueIs(key(random), value(random));
                return new Command.Mutate(
                        id,
                        new Operation.Txn(
                                List.of(compare), List.of(put(random)), List.of(Operation.Range.of(KeyRange.all()))));
            default:
                return new Command.Mutate(id, put(random));
        }
    }

    private static Operation put(Random random) {
        return Operation.Put.of(key(random), value(random)).withPrevious();
    }

    private static Bytes key(Random random) {
        return Bytes.utf8("k" + random.nextInt(KEYS));
    }

    private static Bytes value(Random random) {
        return Bytes.utf8("v" + random.nextInt(6));
    }

    /** A store behind an engine, and what it was answered. */
    private static final class Run implements StateMachine {
        private final Store store = Store.open(new InMemoryRevisionStore());
        private final List<byte[]> answers = new ArrayList<>();
        private volatile boolean leading;

        void feed(ReplicatedLog log, List<byte[]> commands) throws Exception {
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!leading && System.nanoTime() < deadline) LockSupport.parkNanos(2_000_000);
            for (byte[] command : commands) answers.add(log.propose(command).get(60, TimeUnit.SECONDS));
        }

        @Override
        public long appliedIndex() {
            return store.appliedIndex();
        }

        @Override
        public List<byte[]> apply(List<Committed> batch) {
            List<byte[]> results = new ArrayList<>();
            for (Committed each : batch) results.add(store.apply(each.index(), each.command()));
            store.commit();
            return results;
        }

        @Override
        public Frozen freeze() {
            throw new UnsupportedOperationException("too short a run for a snapshot");
        }

        @Override
        public void restore(InputStream snapshot) {
            throw new UnsupportedOperationException("too short a run for a snapshot");
        }

        @Override
        public void leadershipChanged(boolean nowLeading, long term) {
            leading = nowLeading;
        }
    }
}
