package dev.attune.consensus.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.Message;
import dev.attune.consensus.FailureContract;
import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.Membership;
import dev.attune.consensus.ReplicatedLog;
import dev.attune.storage.log.FailingLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.transport.LoopbackPeers;
import dev.attune.transport.NettyPeerTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

final class RaftFailureTest extends FailureContract {
    @Override
    protected Member start(Path directory, CompletableFuture<String> fatal) throws IOException {
        return new Alone(directory, fatal);
    }

    private static final class Alone implements Member {
        private final LoopbackPeers peers = new LoopbackPeers("failures");
        private final FailingLog disk;
        private final RaftLog log;
        private final NettyPeerTransport rogue;

        Alone(Path directory, CompletableFuture<String> fatal) throws IOException {
            disk = new FailingLog(FileDurableLog.open(directory.resolve("log"), LogOptions.defaults()));
            log = RaftLog.start(
                    RaftOptions.of(A, "failures", Membership.voters(A), directory),
                    disk,
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
        public List<byte[]> forgeries(long term) throws IOException {
            return List.of(
                    new byte[0],
                    new byte[] {99, 1, 2, 3},
                    new byte[] {3, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                    RaftMessages.encode(
                            ErrorResponse.newBuilder().setErrorCode(1).build()),
                    RaftMessages.encode(vote("other", "b:1", 5)),
                    RaftMessages.encode(vote("failures", "c:1", 5)),
                    RaftMessages.encode(vote("failures", "b:1", Long.MAX_VALUE)),
                    RaftMessages.encode(append(Long.MAX_VALUE)),
                    RaftMessages.encode(TimeoutNowRequest.newBuilder()
                            .setGroupId("failures")
                            .setServerId("b:1")
                            .setPeerId("x:1")
                            .setTerm(term)
                            .build()));
        }

        @Override
        public CompletableFuture<byte[]> sendAsPeer(byte[] message) {
            return rogue.call(A, RaftLog.SERVICE, message, Duration.ofSeconds(10));
        }

        @Override
        public void close() {
            log.close();
            peers.close();
        }
    }

    private static Message vote(String group, String sender, long term) {
        return RequestVoteRequest.newBuilder()
                .setGroupId(group)
                .setServerId(sender)
                .setPeerId("a:1")
                .setTerm(term)
                .setLastLogTerm(term)
                .setLastLogIndex(1000)
                .setPreVote(false)
                .build();
    }

    private static Message append(long term) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId("failures")
                .setServerId("b:1")
                .setPeerId("a:1")
                .setTerm(term)
                .setPrevLogTerm(0)
                .setPrevLogIndex(0)
                .setCommittedIndex(0)
                .build();
    }
}
