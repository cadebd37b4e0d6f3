package dev.attune.consensus.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.paxos.message.Ballot;
import dev.attune.consensus.paxos.message.Entry;
import dev.attune.consensus.paxos.message.Message;
import dev.attune.consensus.paxos.message.MessageCodec;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.storage.log.FailingLog;
import dev.attune.storage.log.FileDurableLog;
import dev.attune.storage.log.LogOptions;
import dev.attune.storage.snapshot.SnapshotFiles;
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

final class PaxosFailureTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");

    @TempDir
    private Path directory;

    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private final LoopbackPeers peers = new LoopbackPeers("failures");
    private FailingLog disk;
    private PaxosLog log;

    @BeforeEach
    void start() throws Exception {
        disk = new FailingLog(FileDurableLog.open(directory.resolve("log"), LogOptions.defaults()));
        MemberStorage storage =
                new MemberStorage(directory, disk, SnapshotFiles.open(directory.resolve("snapshots")), false);
        log = PaxosLog.start(
                PaxosOptions.of(A, "failures", Membership.voters(A), directory),
                storage,
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
    @DisplayName("attack 38: forged, foreign and absurd Paxos messages change nothing")
    void forgedMessages_areRefused() throws Exception {
        long term = log.status().term();
        NettyPeerTransport rogue = peers.start(B);
        Ballot ofA = new Ballot(term, A.value());
        Ballot ofC = new Ballot(term + 5, "c");
        Ballot absurd = new Ballot(1L << 59, B.value());

        for (byte[] message : List.of(
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
                        ofC, 1, 1, 0, 0, false, List.of(new Entry(1, ofC, Entry.Kind.COMMAND, new byte[] {7}))))))
            assertThat(codeOf(rogue.call(A, PaxosLog.SERVICE, message, Duration.ofSeconds(10))))
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);

        assertThat(log.status().term()).isEqualTo(term);
        assertThat(log.status().isLeader()).isTrue();
        assertThat(log.propose(new byte[] {2}).get(20, TimeUnit.SECONDS)).isEqualTo(new byte[] {'2'});
    }

    private static ErrorCode codeOf(CompletableFuture<?> result) throws Exception {
        Throwable failure = result.handle((value, error) -> error).get(20, TimeUnit.SECONDS);
        return failure instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }
}
