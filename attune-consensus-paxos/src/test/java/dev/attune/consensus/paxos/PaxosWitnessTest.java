package dev.attune.consensus.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A witness votes and keeps no state")
final class PaxosWitnessTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId W = new MemberId("w");
    private static final Membership THREE = Membership.voters(A, B, W);

    @TempDir
    private Path directory;

    private PaxosCluster cluster;
    private final List<String> written = new ArrayList<>();

    @BeforeEach
    void open() {
        cluster = new PaxosCluster(directory, Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @DisplayName(
            "G5, G10: with a witness two copies outlive either of the two, and the witness never applies or answers")
    void witness_makesTheMajorityWithWhoeverIsLeft() throws Exception {
        for (MemberId id : List.of(A, B, W)) cluster.start(id, THREE, W);
        MemberId leader = awaitLeader(A, B);
        write(leader, 20);
        MemberId other = leader.equals(A) ? B : A;

        cluster.stop(leader);
        await("the other leads", () -> cluster.log(other).status().isLeader());
        write(other, 20);

        assertThat(cluster.machine(other).journal()).isEqualTo(written);
        assertThat(cluster.machine(W).journal()).isEmpty();
        assertThat(cluster.log(W).status().role()).isEqualTo(LogStatus.Role.WITNESS);
        assertThat(cluster.log(W).status().membership().witnesses()).containsExactly(W);
        assertThat(codeOf(cluster.log(W).readBarrier())).isEqualTo(ErrorCode.FAILED_PRECONDITION);
        assertThat(codeOf(cluster.log(W).snapshot())).isEqualTo(ErrorCode.FAILED_PRECONDITION);
        assertThat(codeOf(cluster.log(W).propose(new byte[] {1}))).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(codeOf(cluster.log(other).transferLeadership(W))).isEqualTo(ErrorCode.FAILED_PRECONDITION);
    }

    @Test
    void witness_joinsBehindASnapshotAndIsGivenAVote() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);
        write(A, 30);
        cluster.log(A).snapshot().get(20, TimeUnit.SECONDS);
        write(A, 5);
        cluster.log(A).snapshot().get(20, TimeUnit.SECONDS);
        await("the log is cut", () -> cluster.log(A).status().firstIndex() > 1);

        cluster.startWitness(W);
        change(new MembershipChange.AddWitness(W));
        await(
                "it follows",
                () -> cluster.log(W).status().committedIndex()
                        >= cluster.log(A).status().committedIndex());
        change(new MembershipChange.Promote(W));
        cluster.start(B, Membership.none());
        change(new MembershipChange.AddLearner(B));
        await("it has the state", () -> cluster.machine(B).journal().equals(written));
        change(new MembershipChange.Promote(B));

        // Its vote counts, also after a restart.
        cluster.stop(W);
        cluster.startWitness(W);
        cluster.stop(A);
        await("the other leads", () -> cluster.log(B).status().isLeader());
        write(B, 5);
        assertThat(cluster.machine(B).journal()).isEqualTo(written);
        assertThat(cluster.machine(W).journal()).isEmpty();
        assertThat(Files.exists(cluster.files(W).resolve("snapshots"))
                        && !list(cluster.files(W).resolve("snapshots")).isEmpty())
                .isFalse();
    }

    @Test
    @DisplayName(
            "G7: a witness with damage in its log is repaired and votes again, though the log was cut behind a snapshot")
    void damagedWitness_isRepaired() throws Exception {
        for (MemberId id : List.of(A, B, W)) cluster.start(id, THREE, W);
        MemberId leader = awaitLeader(A, B);
        MemberId other = leader.equals(A) ? B : A;
        write(leader, 50);
        cluster.stop(W);
        damage(cluster.files(W).resolve("log"));
        for (int i = 0; i < 2; i++) {
            write(leader, 5);
            for (MemberId id : List.of(A, B)) cluster.log(id).snapshot().get(20, TimeUnit.SECONDS);
        }

        cluster.start(W, THREE, W);

        assertThat(cluster.files(W).resolve("log-damaged-1")).isDirectory();
        await("it votes again", () -> cluster.log(W).status().role() == LogStatus.Role.WITNESS);
        await("that is on disk", () -> !Files.exists(cluster.files(W).resolve("repairing")));
        cluster.stop(other);
        write(leader, 5);
        assertThat(cluster.machine(leader).journal()).isEqualTo(written);
    }

    @Test
    void memberOfTheOtherKind_isRefused() throws Exception {
        for (MemberId id : List.of(A, B, W)) cluster.start(id, THREE, W);
        MemberId leader = awaitLeader(A, B);
        write(leader, 3);
        cluster.stop(W);

        assertThatThrownBy(() -> cluster.start(W, THREE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a witness of its group");
        cluster.stop(A);
        assertThatThrownBy(() -> cluster.startWitness(A))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be started as a witness");
    }

    private void change(MembershipChange change) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            Throwable failure = cluster.log(A)
                    .changeMembership(change)
                    .handle((done, error) -> error)
                    .get(20, TimeUnit.SECONDS);
            // A member that still lags is given its vote later.
            if (failure == null) return;
            if (System.nanoTime() > deadline) throw new AssertionError(change + " failed", failure);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private MemberId awaitLeader(MemberId... among) {
        MemberId[] found = new MemberId[1];
        await("a leader", () -> {
            for (MemberId id : among)
                if (cluster.log(id).status().isLeader() && cluster.machine(id).leading()) found[0] = id;
            return found[0] != null;
        });
        return found[0];
    }

    private void write(MemberId leader, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String command = "w" + written.size();
            cluster.log(leader)
                    .propose(command.getBytes(StandardCharsets.UTF_8))
                    .get(30, TimeUnit.SECONDS);
            written.add(command);
        }
    }

    private static ErrorCode codeOf(java.util.concurrent.CompletableFuture<?> result) throws Exception {
        Throwable failure = result.handle((value, error) -> error).get(20, TimeUnit.SECONDS);
        return failure instanceof AttuneException known ? known.code() : ErrorCode.INTERNAL;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Flips bits in one of the first records of the log. */
    private static void damage(Path log) throws IOException {
        Path segment = list(log).stream()
                .filter(file -> !file.toString().contains("reserve"))
                .filter(file -> file.toFile().length() > 4096)
                .sorted()
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(200);
            byte[] bytes = new byte[16];
            file.readFully(bytes);
            for (int i = 0; i < bytes.length; i++) bytes[i] ^= 0x55;
            file.seek(200);
            file.write(bytes);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not in time: " + what);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
