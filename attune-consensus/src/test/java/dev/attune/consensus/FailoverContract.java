package dev.attune.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon every engine behind {@link ReplicatedLog} replaces a leader. */
public abstract class FailoverContract {
    private static final List<MemberId> MEMBERS =
            Stream.of("a", "b", "c").map(MemberId::new).toList();
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    /** A cluster without members whose files lie below {@code root}. */
    protected abstract LogCluster newCluster(Path root, Duration electionTimeout) throws Exception;

    @Test
    @DisplayName("G10: a leader whose connections close is replaced before its election timeout is over")
    void disconnectedLeader_isReplacedBeforeItsTimeout() throws Exception {
        try (LogCluster cluster = newCluster(directory, TIMEOUT)) {
            for (MemberId id : MEMBERS) cluster.start(id, Membership.voters(MEMBERS.toArray(MemberId[]::new)));
            MemberId leader = awaitLeader(cluster, MEMBERS);
            List<MemberId> others =
                    MEMBERS.stream().filter(id -> !id.equals(leader)).toList();

            long start = System.nanoTime();
            cluster.kill(leader);
            awaitLeader(cluster, others);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT);
        }
    }

    private static MemberId awaitLeader(LogCluster cluster, List<MemberId> among) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline) {
            for (MemberId id : among) if (cluster.machine(id).leading()) return id;
            LockSupport.parkNanos(2_000_000);
        }
        throw new AssertionError("no leader among " + among);
    }
}
