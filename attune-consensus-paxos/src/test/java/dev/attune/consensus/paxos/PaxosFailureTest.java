package dev.attune.consensus.paxos;

import dev.attune.consensus.FailureContract;
import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.storage.log.FailingLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.snapshot.SnapshotFiles;
import dev.attune.transport.LoopbackPeers;
import dev.attune.transport.NettyPeerTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

final class PaxosFailureTest extends FailureContract {
    @Override
    protected Member start(Path directory, CompletableFuture<String> fatal) throws IOException {
        return new Alone(directory, fatal);
    }

    private static final class Alone implements Member {
        private final LoopbackPeers peers = new LoopbackPeers("failures");
        private final FailingLog disk;
        private final PaxosLog log;
        private final NettyPeerTransport rogue;

        Alone(Path directory, CompletableFuture<String> fatal) throws IOException {
            disk = new FailingLog(FileDurableLog.open(directory.resolve("log"), LogOptions.defaults()));
            MemberStorage storage =
                    new MemberStorage(directory, disk, SnapshotFiles.open(directory.resolve("snapshots")), false);
            log = PaxosLog.start(
                    PaxosOptions.of(A, "failures", Membership.voters(A), directory),
                    storage,
                    new JournalMachine(),
                    peers.start(A),
                    (reason, cause) -> fatal.complete(reason));
            rogue = peers.start(B);
        }

        @Override
        public ReplicatedLog log() {
            return log;
        }

        @Override
        public void failDisk() {
            disk.failFromNowOn();
        }

        @Override
        public int triesAfterFailure() {
            return disk.triesAfterFailure();
        }

        @Override
        public List<byte[]> forgeries(long term) {
            Ballot ofA = new Ballot(term, A.value());
            Ballot ofC = new Ballot(term + 5, "c");
            Ballot absurd = new Ballot(1L << 59, B.value());
            return List.of(
                    new byte[0],
                    new byte[] {99, 1, 2, 3},
                    new byte[] {5, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                    MessageCodec.encode(new Message.Prepare(ofC, 1)),
                    MessageCodec.encode(new Message.Prepare(absurd, 1)),
                    MessageCodec.encode(new Message.Probe(absurd)),
                    MessageCodec.encode(new Message.Nack(ofA, absurd)),
                    MessageCodec.encode(new Message.ProbeReply(ofA, true, absurd, 0)),
                    MessageCodec.encode(new Message.TakeOver(ofA)),
                    MessageCodec.encode(new Message.Accept(
                            ofC, 1, 1, 0, 0, false, List.of(new Entry(1, ofC, Entry.Kind.COMMAND, new byte[] {7})))));
        }

        @Override
        public CompletableFuture<byte[]> sendAsPeer(byte[] message) {
            return rogue.call(A, PaxosLog.SERVICE, message, Duration.ofSeconds(10));
        }

        @Override
        public void close() {
            log.close();
            peers.close();
        }
    }
}
