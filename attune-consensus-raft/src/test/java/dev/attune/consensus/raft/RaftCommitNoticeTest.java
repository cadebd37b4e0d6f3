package dev.attune.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RaftCommitNoticeTest {
    private static final List<MemberId> MEMBERS =
            Stream.of("a", "b", "c").map(MemberId::new).toList();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    // A tenth of the time-out, as the engine sets it.
    private static final Duration HEARTBEAT = TIMEOUT.dividedBy(10);
    private static final int WRITES = 200;

    @TempDir
    private Path directory;

    @Test
    @DisplayName("a write that nothing follows is applied by all members without waiting for a heartbeat")
    void loneWrite_reachesFollowersBeforeTheNextHeartbeat() throws Exception {
        try (RaftCluster cluster = new RaftCluster(directory, TIMEOUT)) {
            for (MemberId id : MEMBERS) cluster.start(id, Membership.voters(MEMBERS.toArray(MemberId[]::new)));
            MemberId leader = awaitLeader(cluster);
            int waited = 0;
            for (int i = 0; i < WRITES; i++) {
                byte[] command = ("write " + i).getBytes(StandardCharsets.UTF_8);
                var unused = cluster.log(leader).propose(command).get(20, TimeUnit.SECONDS);
                long index = cluster.log(leader).status().appliedIndex();
                long answered = System.nanoTime();
                for (MemberId id : MEMBERS) awaitApplied(cluster, id, index);
                // On average half a heartbeat would pass.
                if (System.nanoTime() - answered > HEARTBEAT.toNanos() / 4) waited++;
            }
            // A few may be delayed by a machine under load.
            assertThat(waited).isLessThan(WRITES / 20);
        }
    }

    private static MemberId awaitLeader(RaftCluster cluster) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline) {
            for (MemberId id : MEMBERS) if (cluster.machine(id).leading()) return id;
            LockSupport.parkNanos(2_000_000);
        }
        throw new AssertionError("no leader");
    }

    private static void awaitApplied(RaftCluster cluster, MemberId id, long index) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (cluster.log(id).status().appliedIndex() < index) {
            if (System.nanoTime() > deadline) throw new AssertionError(id + " did not apply " + index);
            LockSupport.parkNanos(200_000);
        }
    }
}
