package dev.attune.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
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

/** What every engine behind {@link ReplicatedLog} does when its disk fails or a peer lies. */
public abstract class FailureContract {
    /** The only member. */
    protected static final MemberId A = new MemberId("a");

    /** A peer that is no member. */
    protected static final MemberId B = new MemberId("b");

    @TempDir
    private Path directory;

    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private Member member;

    /** A member alone, its disk, and a peer that may send it anything. */
    public interface Member extends AutoCloseable {
        ReplicatedLog log();

        /** Makes every write fail from now on. */
        void failDisk();

        /** How often the disk was used after its first failure. */
        int triesAfterFailure();

        /** Messages that {@link #B} has no right to send, in a group that is in {@code term}. */
        List<byte[]> forgeries(long term) throws Exception;

        /** Sends a message as {@link #B}. */
        CompletableFuture<byte[]> sendAsPeer(byte[] message) throws Exception;

        @Override
        void close();
    }

    /** Starts {@link #A} with files below {@code directory}; {@code fatal} is told why it cannot go on. */
    protected abstract Member start(Path directory, CompletableFuture<String> fatal) throws Exception;

    @BeforeEach
    void start() throws Exception {
        member = start(directory, fatal);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!member.log().status().isLeader() && System.nanoTime() < deadline) LockSupport.parkNanos(2_000_000);
        member.log().propose(new byte[] {1}).get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    @DisplayName("G6: after a failed fsync the member acknowledges nothing, never tries again and tells its host")
    void failedFsync_endsTheMember() throws Exception {
        member.failDisk();
        ReplicatedLog log = member.log();

        ErrorCode outcome = codeOf(log.propose(new byte[] {2}));

        assertThat(outcome).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(fatal.get(20, TimeUnit.SECONDS)).contains("append");
        assertThat(log.status().role()).isEqualTo(LogStatus.Role.FAILED);
        assertThat(codeOf(log.propose(new byte[] {3}))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(codeOf(log.readBarrier())).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(member.triesAfterFailure()).isZero();
    }

    @Test
    @DisplayName("attack 38: forged, foreign and absurd messages change nothing")
    void forgedMessages_areRefused() throws Exception {
        ReplicatedLog log = member.log();
        long term = log.status().term();

        for (byte[] message : member.forgeries(term))
            assertThat(codeOf(member.sendAsPeer(message))).isEqualTo(ErrorCode.INVALID_ARGUMENT);

        assertThat(log.status().term()).isEqualTo(term);
        assertThat(log.status().isLeader()).isTrue();
        assertThat(log.propose(new byte[] {2}).get(20, TimeUnit.SECONDS)).isEqualTo(new byte[] {'2'});
    }

    private static ErrorCode codeOf(CompletableFuture<?> result) throws Exception {
        Throwable failure = result.handle((value, error) -> error).get(20, TimeUnit.SECONDS);
        return failure instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }
}
