package dev.attune.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.attune.e2e.workload.RecordedLoad;
import dev.attune.e2e.workload.RecordedRun;
import dev.attune.simulator.check.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Those that judge times or need a disk of their own are tagged and run by a command of their own.
 *
 * <p>Each test keeps its directories and its history under {@code target/faults} when it fails.
 */
@DisplayName("G1, G5, G6, G10, W1-W11: three processes under load survive")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultIT {
    private static final int CLIENTS = 16;
    private static final int WATCHERS = 12;
    private static final long SEED = Long.getLong("attune.fault.seed", System.nanoTime());
    private static final Duration RESUME_MAX = Duration.ofSeconds(2);

    private @Nullable SmallDisk disk;
    private @Nullable ServerCluster cluster;

    @AfterEach
    void end() throws Exception {
        if (cluster != null) cluster.close();
        if (disk != null) disk.close();
    }

    @Test
    @Tag("faults")
    void the_leader_killed_writes_resume_within_two_seconds(TestInfo test) throws Exception {
        run(test, load -> {
            Thread.sleep(2_000);
            ServerProcess leader = cluster().leader();
            long from = System.nanoTime();
            leader.kill();
            Thread.sleep(4_000);
            long to = System.nanoTime();
            leader.start();
            leader.awaitReady(Duration.ofSeconds(30));
            Thread.sleep(1_000);
            return finished -> assertThat(Duration.ofNanos(finished.longestPause(from, to)))
                    .as("pause of acknowledged writes after the kill")
                    .isLessThan(RESUME_MAX);
        });
    }

    @Test
    void all_nodes_killed_at_once_and_restarted_lose_nothing(TestInfo test) throws Exception {
        run(test, load -> {
            for (int i = 0; i < 2; i++) {
                Thread.sleep(2_000);
                for (ServerProcess server : cluster().servers()) server.kill();
                for (ServerProcess server : cluster().servers()) server.start();
                cluster().awaitReady();
            }
            Thread.sleep(2_000);
            return finished -> {};
        });
    }

    @Test
    @Tag("faults")
    void a_paused_follower_delays_nobody_and_catches_up(TestInfo test) throws Exception {
        run(test, load -> {
            Thread.sleep(1_500);
            ServerProcess follower = cluster().follower();
            long from = System.nanoTime();
            follower.pause();
            Thread.sleep(4_000);
            long to = System.nanoTime();
            follower.resume();
            Thread.sleep(2_000);
            return finished -> assertThat(Duration.ofNanos(finished.longestPause(from, to)))
                    .as("pause of acknowledged writes while a follower slept")
                    .isLessThan(RESUME_MAX);
        });
    }

    @Test
    @Tag("faults")
    void a_paused_leader_is_replaced_and_answers_nothing_stale_when_it_wakes(TestInfo test) throws Exception {
        run(test, load -> {
            Thread.sleep(1_500);
            ServerProcess leader = cluster().leader();
            leader.pause();
            Thread.sleep(4_000);
            leader.resume();
            Thread.sleep(2_000);
            return finished -> {};
        });
    }

    @Test
    @Tag("faults")
    void one_full_disk_stops_neither_the_others_nor_a_restart_with_room(TestInfo test) throws Exception {
        Path directory = directory(test);
        try {
            disk = SmallDisk.mount(directory.resolve("n1"), 512);
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) fail("cannot mount a small disk: " + e.getMessage());
            abort("mounting is not permitted here: " + e.getMessage());
        }
        SmallDisk small = disk;
        if (small == null) return;
        run(test, load -> {
            Thread.sleep(1_500);
            ServerProcess full = cluster().servers().get(0);
            small.fill();
            Thread.sleep(5_000);
            small.free();
            if (full.isAlive()) full.kill();
            full.start();
            full.awaitReady(Duration.ofSeconds(30));
            Thread.sleep(1_500);
            return finished -> {};
        });
    }

    @Test
    void a_node_whose_fsync_fails_ends_itself_and_the_others_go_on(TestInfo test) throws Exception {
        if (!FailingSync.isPossible()) {
            if ("true".equals(System.getenv("CI"))) fail("strace: missing (expected: /usr/bin/strace)");
            abort("strace is not installed: `apt-get install strace` to run this test");
        }
        run(test, load -> {
            Thread.sleep(1_500);
            ServerProcess victim = cluster().follower();
            try (FailingSync failing = FailingSync.attach(victim)) {
                assertThat(failing).isNotNull();
                victim.awaitExit(Duration.ofSeconds(20));
            }
            Thread.sleep(2_000);
            victim.start();
            victim.awaitReady(Duration.ofSeconds(30));
            Thread.sleep(1_000);
            return finished -> {};
        });
    }

    private interface Faults {
        /** Does harm, heals it and gives what the finished run must satisfy besides the checkers. */
        Requirement harm(RecordedLoad load) throws Exception;
    }

    private interface Requirement {
        void check(RecordedRun run) throws Exception;
    }

    private void run(TestInfo test, Faults faults) throws Exception {
        Path directory = directory(test);
        ServerCluster started = ServerCluster.prepare(3, directory);
        cluster = started;
        started.start();
        System.out.printf("%s: -Dattune.fault.seed=%d%n", directory.getFileName(), SEED);
        try (RecordedLoad load = new RecordedLoad(started.endpoints(), started.token(), CLIENTS, SEED)) {
            load.start(WATCHERS);
            Requirement requirement = faults.harm(load);
            RecordedRun finished = load.finish();
            System.out.println("  " + finished.summary());
            finished.save(directory.resolve("history"));
            List<Violation> violations = finished.judge();
            assertThat(violations).isEmpty();
            assertThat(finished.acknowledgedWrites())
                    .as("enough load to mean something")
                    .isGreaterThan(100);
            requirement.check(finished);
            statesAgree(started);
        }
    }

    /** G8: once nobody writes, all nodes hold the same state. */
    private static void statesAgree(ServerCluster cluster) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        List<String> states = cluster.states();
        while (states.stream().distinct().count() > 1 && System.nanoTime() < until) {
            Thread.sleep(50);
            states = cluster.states();
        }
        assertThat(states.stream().distinct())
                .as("revision and state hash of each node")
                .hasSize(1);
    }

    private ServerCluster cluster() {
        if (cluster == null) throw new IllegalStateException("no cluster");
        return cluster;
    }

    private static Path directory(TestInfo test) throws IOException {
        String name = test.getTestMethod().orElseThrow().getName();
        Path directory = Path.of("target", "faults", name + "-" + Long.toString(SEED, 36))
                .toAbsolutePath();
        Files.createDirectories(directory);
        return directory;
    }
}
