package dev.attune.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.Message;
import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.storage.log.FailingLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.transport.LoopbackPeers;
import dev.attune.transport.NettyPeerTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RaftFailureTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    @TempDir
    private Path directory;

    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private final LoopbackPeers peers = new LoopbackPeers("failures");
    private FailingLog disk;
    private RaftLog log;

    @BeforeEach
    void start() throws Exception {
        disk = new FailingLog(FileDurableLog.open(directory.resolve("log"), LogOptions.defaults()));
        log = RaftLog.start(
                RaftOptions.of(A, "failures", Membership.voters(A), directory),
                disk,
                new JournalMachine(),
                peers.start(A),
                (reason, cause) -> fatal.complete(reason));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!log.status().isLeader() && System.nanoTime() < deadline) LockSupport.parkNanos(2_000_000);
        log.propose(new byte[] {1}).get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        log.close();
        peers.close();
    }

    @Test
    @DisplayName("G6: after a failed fsync the member acknowledges nothing, never tries again and tells its host")
    void failedFsync_endsTheMember() throws Exception {
        disk.failFromNowOn();

        ErrorCode outcome = codeOf(log.propose(new byte[] {2}));

        assertThat(outcome).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(fatal.get(20, TimeUnit.SECONDS)).contains("append");
        assertThat(log.status().role()).isEqualTo(LogStatus.Role.FAILED);
        assertThat(codeOf(log.propose(new byte[] {3}))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(codeOf(log.readBarrier())).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(disk.triesAfterFailure()).isZero();
    }

    @Test
    @DisplayName("attack 38: forged, foreign and absurd Raft messages change nothing")
    void forgedMessages_areRefused() throws Exception {
        long term = log.status().term();
        NettyPeerTransport rogue = peers.start(B);

        for (byte[] message : List.of(
                new byte[0],
                new byte[] {99, 1, 2, 3},
                new byte[] {3, (byte) 0xff, (byte) 0xff, (byte) 0xff},
                RaftMessages.encode(ErrorResponse.newBuilder().setErrorCode(1).build()),
                RaftMessages.encode(vote("other", "b:1", 5)),
                RaftMessages.encode(vote("failures", "c:1", 5)),
                RaftMessages.encode(vote("failures", "b:1", Long.MAX_VALUE)),
                RaftMessages.encode(append(Long.MAX_VALUE)),
                RaftMessages.encode(TimeoutNowRequest.newBuilder()
                        .setGroupId("failures")
                        .setServerId("b:1")
                        .setPeerId("x:1")
                        .setTerm(term)
                        .build())))
            assertThat(codeOf(rogue.call(A, RaftLog.SERVICE, message, Duration.ofSeconds(10))))
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);

        assertThat(log.status().term()).isEqualTo(term);
        assertThat(log.status().isLeader()).isTrue();
        assertThat(log.propose(new byte[] {2}).get(20, TimeUnit.SECONDS)).isEqualTo(new byte[] {'2'});
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

    private static ErrorCode codeOf(CompletableFuture<?> result) throws Exception {
        Throwable failure = result.handle((value, error) -> error).get(20, TimeUnit.SECONDS);
        return failure instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }
}
