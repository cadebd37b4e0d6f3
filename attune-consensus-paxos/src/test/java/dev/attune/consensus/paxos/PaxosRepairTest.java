package dev.attune.consensus.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.consensus.JournalMachine;
import dev.attune.consensus.LogStatus;
import dev.attune.consensus.MemberId;
import dev.attune.consensus.Membership;
import dev.attune.transport.LoopbackPeers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("G7: damage before the end of a log is never cut away")
final class PaxosRepairTest {
    private static final MemberId A = new MemberId("a");
    private static final List<MemberId> MEMBERS =
            Stream.of("a", "b", "c").map(MemberId::new).toList();
    private static final Membership THREE = Membership.voters(MEMBERS.toArray(MemberId[]::new));

    @TempDir
    private Path directory;

    @Test
    void damagedMember_isRepairedByItsPeersAndKeepsItsFiles() throws Exception {
        try (PaxosCluster cluster = new PaxosCluster(directory, Duration.ofSeconds(1))) {
            for (MemberId id : MEMBERS) cluster.start(id, THREE);
            MemberId leader = leader(cluster);
            for (int i = 0; i < 50; i++) write(cluster, leader, "w" + i);
            MemberId damaged = MEMBERS.stream()
                    .filter(id -> !id.equals(leader))
                    .findFirst()
                    .orElseThrow();
            cluster.stop(damaged);
            write(cluster, leader, "meanwhile");
            damage(directory.resolve(damaged.value()).resolve("log"));

            cluster.start(damaged, THREE);

            assertThat(directory.resolve(damaged.value()).resolve("log-damaged-1"))
                    .isDirectory();
            await("it votes again", () -> cluster.log(damaged).status().role() == LogStatus.Role.FOLLOWER);
            await("it has the state", () -> cluster.machine(damaged)
                    .journal()
                    .equals(cluster.machine(leader).journal()));
            await(
                    "that is on disk",
                    () -> !Files.exists(directory.resolve(damaged.value()).resolve("repairing")));
            // Its vote counts: with the third member gone it makes the majority.
            cluster.stop(MEMBERS.stream()
                    .filter(id -> !id.equals(leader) && !id.equals(damaged))
                    .findFirst()
                    .orElseThrow());
            write(cluster, leader, "with its vote");
        }
    }

    @Test
    void damagedMemberAlone_refusesToStartAndSaysWhatToDo() throws Exception {
        PaxosOptions options = PaxosOptions.of(A, "test", Membership.voters(A), directory.resolve("a"));
        try (LoopbackPeers peers = new LoopbackPeers("test")) {
            try (PaxosLog log = PaxosLog.start(options, new JournalMachine(), peers.start(A), (why, cause) -> {})) {
                await("it leads", () -> log.status().isLeader());
                log.propose(new byte[] {'x'}).get(20, TimeUnit.SECONDS);
                log.propose(new byte[] {'y'}).get(20, TimeUnit.SECONDS);
            }
            damage(directory.resolve("a").resolve("log"));

            assertThatThrownBy(() -> PaxosLog.start(options, new JournalMachine(), peers.start(A), (why, cause) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged")
                    .hasMessageContaining("--restore FILE");
        }
    }

    private static void damage(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            Path segment = files.filter(file -> !file.toString().contains("reserve"))
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
    }

    private static MemberId leader(PaxosCluster cluster) {
        MemberId[] found = new MemberId[1];
        await("a leader", () -> {
            for (MemberId id : MEMBERS) if (cluster.machine(id).leading()) found[0] = id;
            return found[0] != null;
        });
        return found[0];
    }

    private static void write(PaxosCluster cluster, MemberId leader, String command) throws Exception {
        cluster.log(leader).propose(command.getBytes(StandardCharsets.UTF_8)).get(20, TimeUnit.SECONDS);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError("not in time: " + what);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
