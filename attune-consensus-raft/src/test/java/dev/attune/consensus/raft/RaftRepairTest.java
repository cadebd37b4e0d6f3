package dev.attune.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.consensus.MembershipChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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

/** Members whose files are damaged while they are down, with real files and sockets. */
final class RaftRepairTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final MemberId D = new MemberId("d");
    private static final List<MemberId> ALL = List.of(A, B, C);
    private static final Membership THREE = Membership.voters(A, B, C);

    @TempDir
    private Path directory;

    private RaftCluster cluster;
    private final List<String> written = new ArrayList<>();

    @BeforeEach
    void open() {
        cluster = new RaftCluster(directory, Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    @DisplayName("G7: a member with damage in the middle of its log becomes a voter again with everything")
    void damagedVoter_fetchesEverythingAndVotesAgain() throws Exception {
        MemberId leader = startThree();
        write(leader, 100);
        MemberId damaged = otherThan(leader);
        cluster.stop(damaged);
        damageLog(damaged);
        write(leader, 20);

        cluster.start(damaged, THREE);

        await("it votes again", () -> votes(leader, damaged) && votes(damaged, damaged));
        await("it has everything", () -> cluster.machine(damaged).journal().equals(written));
        assertThat(cluster.files(damaged).resolve("damaged/log")).isDirectory();
        await("its plan is done", () -> !Files.exists(cluster.files(damaged).resolve("rejoin")));

        // Its acknowledgements count: with the third member gone it makes the majority.
        cluster.stop(third(leader, damaged));
        write(leader, 1);
        // And a restart finds an ordinary member.
        cluster.stop(damaged);
        cluster.start(damaged, THREE);
        await(
                "it applies after a restart",
                () -> cluster.machine(damaged).journal().equals(written));
    }

    @Test
    @DisplayName("G7: a damaged snapshot, and lost files of a member that took part, are fetched as well")
    void damagedSnapshotOrLostFiles_areFetched() throws Exception {
        MemberId leader = startThree();
        write(leader, 50);
        for (MemberId id : ALL) cluster.log(id).snapshot().get(20, TimeUnit.SECONDS);
        write(leader, 50);
        for (MemberId id : ALL) cluster.log(id).snapshot().get(20, TimeUnit.SECONDS);
        write(leader, 5);
        MemberId damaged = otherThan(leader);
        cluster.stop(damaged);
        flipInTheMiddle(newestSnapshot(damaged));

        cluster.start(damaged, THREE);
        await("it votes again", () -> votes(leader, damaged) && votes(damaged, damaged));
        await("it has everything", () -> cluster.machine(damaged).journal().equals(written));

        cluster.stop(damaged);
        delete(cluster.files(damaged));
        cluster.restart(damaged);
        await("it votes again", () -> votes(leader, damaged) && votes(damaged, damaged));
        await("it has everything", () -> cluster.machine(damaged).journal().equals(written));
    }

    @Test
    @DisplayName("G5, G7: a damaged member cannot vote away what it had acknowledged")
    void damagedMemberWithoutWhoHasTheEntry_electsNobodyUntilThatOneIsBack() throws Exception {
        MemberId leader = startThree();
        write(leader, 20);
        MemberId damaged = otherThan(leader);
        MemberId lagging = third(leader, damaged);
        cluster.stop(lagging);
        // Acknowledged by the leader and the member that is damaged next; the third does not have it.
        write(leader, 30);
        cluster.stop(damaged);
        cluster.stop(leader);
        damageLog(damaged);

        cluster.start(damaged, THREE);
        cluster.start(lagging, THREE);
        long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        while (System.nanoTime() < end) {
            assertThat(cluster.log(lagging).status().isLeader()).isFalse();
            assertThat(cluster.log(damaged).status().role()).isEqualTo(LogStatus.Role.REPAIRING);
            LockSupport.parkNanos(5_000_000);
        }

        cluster.start(leader, THREE);
        await("the damaged member votes again", () -> votes(damaged, damaged));
        for (MemberId id : ALL)
            await("everything on " + id, () -> cluster.machine(id).journal().equals(written));
    }

    @Test
    @DisplayName("G7: a member alone with a damaged log refuses to start and says what to do")
    void damagedSingleMember_refusesWithAdvice() throws Exception {
        cluster.start(A, Membership.voters(A));
        await("it leads", () -> cluster.log(A).status().isLeader());
        write(A, 50);
        cluster.stop(A);
        damageLog(A);

        assertThatThrownBy(() -> cluster.start(A, Membership.voters(A)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged at offset")
                .hasMessageContaining("--restore FILE");
        assertThatThrownBy(() -> cluster.start(A, Membership.voters(A))).hasMessageContaining("is damaged at offset");
    }

    @Test
    @DisplayName("G7: a member that is killed at any step of its repair goes on where it was")
    void restartedWhileRepairing_goesOn() throws Exception {
        MemberId leader = startThree();
        write(leader, 30);
        MemberId damaged = otherThan(leader);
        cluster.stop(damaged);
        damageLog(damaged);

        for (int pause = 0; pause < 1200; pause += 150) {
            cluster.start(damaged, THREE);
            LockSupport.parkNanos(Duration.ofMillis(pause).toNanos());
            cluster.stop(damaged);
        }
        cluster.start(damaged, THREE);

        await("it votes again", () -> votes(leader, damaged) && votes(damaged, damaged));
        await("it has everything", () -> cluster.machine(damaged).journal().equals(written));
    }

    @Test
    @DisplayName("G11: a promotion whose leader falls in between is seen through by the learner")
    void leaderGoneWhilePromoting_promotionIsSeenThrough() throws Exception {
        MemberId leader = startThree();
        write(leader, 10);
        cluster.start(D, Membership.none());
        cluster.log(leader).changeMembership(new MembershipChange.AddLearner(D)).get(20, TimeUnit.SECONDS);
        await("the learner has the state", () -> cluster.machine(D).journal().size() == 10);
        // What the leader does first when it promotes; then it falls.
        new RejoinPlan(RejoinPlan.Step.JOINING, RejoinPlan.Part.VOTER).write(cluster.files(D));
        cluster.stop(D);
        cluster.log(leader).changeMembership(new MembershipChange.Remove(D)).get(20, TimeUnit.SECONDS);
        cluster.stop(leader);

        cluster.start(D, Membership.none());

        MemberId next =
                awaitLeader(ALL.stream().filter(id -> !id.equals(leader)).toList());
        await("it became a voter", () -> votes(next, D) && votes(D, D));
    }

    private MemberId startThree() throws Exception {
        for (MemberId id : ALL) cluster.start(id, THREE);
        return awaitLeader(ALL);
    }

    private MemberId awaitLeader(List<MemberId> among) {
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

    private static MemberId otherThan(MemberId leader) {
        return ALL.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    }

    private static MemberId third(MemberId one, MemberId two) {
        return ALL.stream()
                .filter(id -> !id.equals(one) && !id.equals(two))
                .findFirst()
                .orElseThrow();
    }

    private boolean votes(MemberId inEyesOf, MemberId member) {
        return cluster.log(inEyesOf).status().membership().voters().contains(member);
    }

    /** Flips a bit in the third record of the log. */
    private void damageLog(MemberId id) throws IOException {
        Path segment = cluster.files(id).resolve("log/log-0000000001.segment");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[400] ^= 4;
        Files.write(segment, bytes);
    }

    private Path newestSnapshot(MemberId id) throws IOException {
        try (Stream<Path> files = Files.walk(cluster.files(id).resolve("snapshots"))) {
            return files.filter(path -> path.endsWith("state"))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
        }
    }

    private static void flipInTheMiddle(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
    }

    private static void delete(Path root) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(root)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) Files.delete(each);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not in time: " + what);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
