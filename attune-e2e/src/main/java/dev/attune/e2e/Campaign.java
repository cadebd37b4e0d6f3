package dev.attune.e2e;

import dev.attune.e2e.cluster.ServerCluster;
import dev.attune.e2e.cluster.ServerProcess;
import dev.attune.e2e.workload.RecordedLoad;
import dev.attune.e2e.workload.RecordedRun;
import dev.attune.simulator.check.Violation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Faults without end: {@code Campaign [--minutes N] [--seed S] [--keep DIR]} runs rounds of kills and pauses on three
 * nodes under recorded load and judges each; {@code Campaign --judge DIR} judges a kept run again. Ends with 1 when
 * anything is wrong; what was recorded is kept then.
 */
public final class Campaign {
    private static final int CLIENTS = 24;
    private static final int WATCHERS = 16;

    private final long seed;
    private final Path directory;

    private Campaign(long seed, Path directory) {
        this.seed = seed;
        this.directory = directory;
    }

    /** See the class. */
    public static void main(String[] arguments) throws Exception {
        long minutes = 10;
        long seed = System.nanoTime();
        Path keep = Path.of("target", "campaign");
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--minutes" -> minutes = Long.parseLong(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--keep" -> keep = Path.of(value);
                case "--judge" -> System.exit(report(RecordedRun.load(Path.of(value))));
                default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
            }
        }
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        int failed = 0;
        for (int round = 1; System.nanoTime() < until && failed == 0; round++) {
            System.err.printf("round %d, --seed %d%n", round, seed);
            failed = new Campaign(seed, keep.resolve("round-" + round)).round();
            seed++;
        }
        System.exit(failed);
    }

    private static int report(RecordedRun run) {
        List<Violation> violations = run.judge();
        System.out.println(run.summary() + ", violations: " + violations.size());
        violations.forEach(System.out::println);
        return violations.isEmpty() ? 0 : 1;
    }

    private int round() throws Exception {
        Files.createDirectories(directory);
        Random random = new Random(seed);
        try (ServerCluster cluster = ServerCluster.prepare(3, directory)) {
            cluster.start();
            try (RecordedLoad load = new RecordedLoad(cluster.endpoints(), cluster.token(), CLIENTS, seed)) {
                load.start(WATCHERS);
                for (int i = 0; i < 10; i++) {
                    Thread.sleep(2_000 + random.nextInt(2_000));
                    fault(cluster, random);
                }
                Thread.sleep(3_000);
                RecordedRun run = load.finish();
                int failed = report(run);
                if (failed != 0) run.save(directory.resolve("history"));
                return failed;
            }
        }
    }

    private static void fault(ServerCluster cluster, Random random) throws Exception {
        int kind = random.nextInt(4);
        List<ServerProcess> servers = cluster.servers();
        ServerProcess one = kind == 0 ? cluster.leader() : servers.get(random.nextInt(servers.size()));
        System.err.println(
                "  " + List.of("kill leader", "kill", "pause", "kill all").get(kind) + " " + one.id());
        if (kind == 2) {
            one.pause();
            Thread.sleep(1_000 + random.nextInt(3_000));
            one.resume();
        } else {
            List<ServerProcess> victims = kind == 3 ? servers : List.of(one);
            for (ServerProcess victim : victims) victim.kill();
            Thread.sleep(random.nextInt(1_000));
            for (ServerProcess victim : victims) victim.start();
            cluster.awaitReady();
        }
    }
}
