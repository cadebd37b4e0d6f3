package dev.attune.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine behind {@link ReplicatedLog} must do. */
public abstract class ReplicatedLogContract {
    protected static final MemberId A = new MemberId("a");
    protected static final MemberId B = new MemberId("b");
    protected static final MemberId C = new MemberId("c");
    protected static final MemberId D = new MemberId("d");
    protected static final Membership THREE = Membership.voters(A, B, C);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    protected Path directory;

    protected LogCluster cluster;

    /** A cluster without members whose files lie below {@code root}. */
    protected abstract LogCluster newCluster(Path root) throws Exception;

    @BeforeEach
    void open() throws Exception {
        cluster = newCluster(directory);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void singleMember_leadsAtOnceAndApplies() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);

        assertThat(write(A, "x")).isEqualTo("1");
        assertThat(write(A, "y")).isEqualTo("2");
        assertThat(cluster.machine(A).journal()).containsExactly("x", "y");
        assertThat(cluster.machine(A).leading()).isTrue();
    }

    @Test
    @DisplayName("G1, G8: commands are applied once, in one order, on all members")
    void proposals_areAppliedOnceInOneOrderEverywhere() throws Exception {
        MemberId leader = startThree();

        List<CompletableFuture<byte[]>> results = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            expected.add("c" + i);
            results.add(cluster.log(leader).propose(bytes("c" + i)));
        }

        for (int i = 0; i < results.size(); i++)
            assertThat(text(get(results.get(i)))).isEqualTo(Integer.toString(i + 1));
        for (MemberId id : List.of(A, B, C))
            await("journal of " + id, () -> cluster.machine(id).journal().equals(expected));
    }

    @Test
    void followersProposal_isRefusedAsNotLeader() throws Exception {
        MemberId leader = startThree();
        MemberId follower = otherThan(leader);

        assertThat(codeOf(cluster.log(follower).propose(bytes("x")))).isEqualTo(ErrorCode.NOT_LEADER);
        assertThat(cluster.log(follower).status().leader()).contains(leader);
    }

    @Test
    void oversizedCommand_isRefusedAndNeverApplied() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);

        assertThat(codeOf(cluster.log(A).propose(new byte[64 << 20]))).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(write(A, "x")).isEqualTo("1");
    }

    @Test
    @DisplayName("G2: after a read barrier any member shows every acknowledged write")
    void readBarrier_seesAcknowledgedWritesOnEveryMember() throws Exception {
        MemberId leader = startThree();

        for (int i = 0; i < 50; i++) {
            write(leader, "w" + i);
            for (MemberId id : List.of(A, B, C)) {
                barrier(id);
                assertThat(cluster.machine(id).journal()).contains("w" + i);
            }
        }
    }

    @Test
    @DisplayName("G2, G3: a leader that is cut off confirms no read")
    void isolatedLeader_confirmsNoRead() throws Exception {
        MemberId leader = startThree();
        cluster.isolate(leader);

        assertThat(codeOf(cluster.log(leader).readBarrier())).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    @DisplayName("G5, G10: a stopped leader is replaced in a higher term and nothing acknowledged is lost")
    void stoppedLeader_isReplacedWithoutLoss() throws Exception {
        MemberId leader = startThree();
        for (int i = 0; i < 20; i++) write(leader, "w" + i);
        long term = cluster.log(leader).status().term();

        cluster.stop(leader);
        MemberId next = awaitLeaderAmong(others(leader));

        assertThat(cluster.log(next).status().term()).isGreaterThan(term);
        assertThat(write(next, "after")).isEqualTo("21");
        barrier(next);
        assertThat(cluster.machine(next).journal()).hasSize(21).contains("w0", "w19", "after");
    }

    @Test
    @DisplayName("G4: a leader that is cut off never says that its proposal failed for certain when it may not have")
    void isolatedLeadersProposal_endsWithUnknownOutcomeOrNever() throws Exception {
        MemberId leader = startThree();
        write(leader, "before");
        cluster.isolate(leader);

        ErrorCode code = codeOf(cluster.log(leader).propose(bytes("lost?")));

        assertThat(code).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        MemberId next = awaitLeaderAmong(others(leader));
        write(next, "after");
        cluster.heal(leader);
        await("the old leader follows", () -> cluster.machine(leader).journal().contains("after"));
        assertThat(cluster.machine(leader).journal())
                .isEqualTo(cluster.machine(next).journal());
    }

    @Test
    @DisplayName("G10: a follower that was cut off does not depose the leader on its return")
    void isolatedFollower_doesNotDeposeTheLeader() throws Exception {
        MemberId leader = startThree();
        MemberId follower = otherThan(leader);
        long term = cluster.log(leader).status().term();

        cluster.isolate(follower);
        await(
                "the follower misses its leader",
                () -> cluster.log(follower).status().leader().isEmpty());
        write(leader, "meanwhile");
        cluster.heal(follower);

        await("it catches up", () -> cluster.machine(follower).journal().contains("meanwhile"));
        assertThat(cluster.log(leader).status().isLeader()).isTrue();
        assertThat(cluster.log(leader).status().term()).isEqualTo(term);
    }

    @Test
    @DisplayName("G5: what was acknowledged is there after all members were stopped")
    void restartOfAll_keepsAcknowledgedWrites() throws Exception {
        MemberId leader = startThree();
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            write(leader, "w" + i);
            written.add("w" + i);
        }
        long term = cluster.log(leader).status().term();

        for (MemberId id : List.of(A, B, C)) cluster.stop(id);
        MemberId next = startThree();

        assertThat(cluster.log(next).status().term()).isGreaterThan(term);
        barrier(next);
        assertThat(cluster.machine(next).journal()).isEqualTo(written);
        for (MemberId id : List.of(A, B, C))
            await("journal of " + id, () -> cluster.machine(id).journal().equals(written));
    }

    @Test
    void leadershipTransfer_movesLeadershipAndRaisesTheTerm() throws Exception {
        MemberId leader = startThree();
        write(leader, "x");
        MemberId to = otherThan(leader);
        long term = cluster.log(leader).status().term();

        get(cluster.log(leader).transferLeadership(to));

        awaitLeader(to);
        assertThat(cluster.log(leader).status().isLeader()).isFalse();
        assertThat(cluster.log(to).status().term()).isGreaterThan(term);
        assertThat(write(to, "y")).isEqualTo("2");
    }

    @Test
    @DisplayName("G11: a member joins as learner, is promoted, and another one leaves")
    void memberReplaced_throughLearnerPromotionAndRemoval() throws Exception {
        MemberId leader = startThree();
        for (int i = 0; i < 50; i++) write(leader, "w" + i);

        cluster.start(D, Membership.none());
        get(cluster.log(leader).changeMembership(new MembershipChange.AddLearner(D)));
        await("the learner has the state", () -> cluster.machine(D).journal().size() == 50);
        assertThat(cluster.log(leader).status().membership().learners()).containsExactly(D);
        assertThat(codeOf(cluster.log(D).propose(bytes("x")))).isEqualTo(ErrorCode.NOT_LEADER);

        get(cluster.log(leader).changeMembership(new MembershipChange.Promote(D)));
        assertThat(cluster.log(leader).status().membership()).isEqualTo(Membership.voters(A, B, C, D));

        MemberId gone = otherThan(leader);
        get(cluster.log(leader).changeMembership(new MembershipChange.Remove(gone)));
        cluster.stop(gone);
        assertThat(cluster.log(leader).status().membership().contains(gone)).isFalse();

        // The new member's vote counts: with one more member gone it makes the majority.
        MemberId last = others(leader).stream()
                .filter(id -> !id.equals(gone))
                .findFirst()
                .orElseThrow();
        cluster.stop(last);
        assertThat(write(leader, "with d")).isEqualTo("51");
        await("the new member applies", () -> cluster.machine(D).journal().contains("with d"));
    }

    @Test
    @DisplayName("G11: changes that make no sense are refused by name")
    void senselessMembershipChange_isRefused() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);
        ReplicatedLog log = cluster.log(A);

        assertThat(codeOf(log.changeMembership(new MembershipChange.AddLearner(A))))
                .isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(codeOf(log.changeMembership(new MembershipChange.Promote(B))))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(codeOf(log.changeMembership(new MembershipChange.Promote(A))))
                .isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(codeOf(log.changeMembership(new MembershipChange.Remove(A))))
                .isEqualTo(ErrorCode.FAILED_PRECONDITION);
    }

    @Test
    void snapshot_cutsTheLogAndServesRestarts() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);
        for (int i = 0; i < 100; i++) write(A, "w" + i);
        get(cluster.log(A).snapshot());
        for (int i = 100; i < 150; i++) write(A, "w" + i);
        long snapshot = get(cluster.log(A).snapshot());

        await("the log is cut", () -> cluster.log(A).status().firstIndex() > 100);
        write(A, "after");
        cluster.stop(A);
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);
        barrier(A);

        assertThat(snapshot).isGreaterThanOrEqualTo(150);
        assertThat(cluster.machine(A).restores()).isEqualTo(1);
        assertThat(cluster.machine(A).journal()).hasSize(151).contains("w0", "w149", "after");
    }

    @Test
    void laggingMember_catchesUpBySnapshot() throws Exception {
        MemberId leader = startThree();
        MemberId lagging = otherThan(leader);
        write(leader, "first");
        cluster.stop(lagging);
        for (int i = 0; i < 200; i++) write(leader, "w" + i);
        get(cluster.log(leader).snapshot());
        write(leader, "between");
        get(cluster.log(leader).snapshot());
        await("the log is cut", () -> cluster.log(leader).status().firstIndex() > 200);

        cluster.start(lagging, THREE);

        await("it has everything", () -> cluster.machine(lagging)
                .journal()
                .equals(cluster.machine(leader).journal()));
        assertThat(cluster.machine(lagging).restores()).isEqualTo(1);
        write(leader, "last");
        await("it follows on", () -> cluster.machine(lagging).journal().contains("last"));
        assertThat(cluster.machine(lagging).journal()).hasSize(203);
    }

    @Test
    void closedLog_refusesAndClosesTwice() throws Exception {
        cluster.start(A, Membership.voters(A));
        awaitLeader(A);
        ReplicatedLog log = cluster.log(A);

        cluster.stop(A);
        log.close();

        assertThat(codeOf(log.propose(bytes("x")))).isIn(ErrorCode.UNAVAILABLE, ErrorCode.NOT_LEADER);
        assertThat(codeOf(log.readBarrier())).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    /** Starts all three and returns who leads. */
    protected MemberId startThree() throws Exception {
        for (MemberId id : List.of(A, B, C)) cluster.start(id, THREE);
        return awaitLeaderAmong(List.of(A, B, C));
    }

    protected static List<MemberId> others(MemberId id) {
        return List.of(A, B, C).stream().filter(other -> !other.equals(id)).toList();
    }

    protected static MemberId otherThan(MemberId id) {
        return others(id).get(0);
    }

    protected void awaitLeader(MemberId id) {
        await(
                id + " leads",
                () -> cluster.log(id).status().isLeader() && cluster.machine(id).leading());
    }

    protected MemberId awaitLeaderAmong(List<MemberId> members) {
        MemberId[] found = new MemberId[1];
        await("one of " + members + " leads", () -> {
            for (MemberId id : members)
                if (cluster.log(id).status().isLeader() && cluster.machine(id).leading()) found[0] = id;
            return found[0] != null;
        });
        return found[0];
    }

    protected String write(MemberId leader, String command) throws Exception {
        return text(get(cluster.log(leader).propose(bytes(command))));
    }

    /** A barrier may fail while a leader is new; it is safe to repeat. */
    protected void barrier(MemberId id) {
        await("a read barrier on " + id, () -> {
            try {
                return get(cluster.log(id).readBarrier()) >= 0;
            } catch (Exception e) {
                return false;
            }
        });
    }

    protected static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    protected static ErrorCode codeOf(CompletableFuture<?> result) throws Exception {
        try {
            Object value = get(result);
            throw new AssertionError("completed with " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AttuneException known) return known.code();
            throw e;
        }
    }

    protected static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError("not within " + PATIENCE + ": " + what);
            LockSupport.parkNanos(2_000_000);
        }
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
