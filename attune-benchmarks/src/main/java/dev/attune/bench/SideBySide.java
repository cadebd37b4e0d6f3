package dev.attune.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts each system in turn on the same disk, drives it by its own Java client, and prints a table. */
@Command(
        name = "side-by-side",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures Attune beside etcd and ZooKeeper. Exits 1 when a measurement failed.")
public final class SideBySide implements Callable<Integer> {
    private static final Map<String, String> ENGINES = Map.of("attune", "raft", "attune-paxos", "paxos");
    private static final long IDLE_MILLIS = 3_000;
    private static final int WARM_CALLERS = 64;

    @Option(names = "--seconds", defaultValue = "5", description = "Measured time of a cell, after a warm-up of half.")
    private int seconds;

    @Option(names = "--quick", description = "2 seconds a cell, 1 round, cold: only to see that all works.")
    private boolean quick;

    @Option(names = "--rounds", defaultValue = "3", description = "Default: 3")
    private int rounds;

    @Option(names = "--only", split = ",", description = "Names of cells.")
    private Set<String> only = new LinkedHashSet<>();

    @Option(
            names = "--systems",
            split = ",",
            defaultValue = "attune,etcd,zookeeper",
            description = "Of attune, attune-paxos, etcd and zookeeper. Default: ${DEFAULT-VALUE}")
    private List<String> systems = new ArrayList<>();

    @Option(names = "--home", description = "Checkout whose attune-dist is measured. Default: this class path.")
    private @Nullable Path home;

    @Option(names = "--list", description = "Prints the names of the cells and ends.")
    private boolean list;

    @Option(names = "--etcd", defaultValue = "/usr/bin/etcd", description = "Default: /usr/bin/etcd")
    private Path etcd = Path.of("/usr/bin/etcd");

    @Option(names = "--jvm-flag", description = "A further flag for the JVMs of Attune's nodes; repeatable.")
    private List<String> jvmFlags = new ArrayList<>();

    @Option(names = "--dir", description = "On the disk to be measured. Default: the temporary directory.")
    private @Nullable Path directory;

    @Option(names = "-o", defaultValue = "markdown", description = "markdown or json. Default: markdown")
    private String output = "markdown";

    private SideBySide() {}

    /** Exits 0, 1 when a measurement failed, 2 for options that are refused. */
    public static void main(String[] arguments) {
        // The peers' clients tell of each connection.
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(new CommandLine(new SideBySide()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (quick) {
            seconds = 2;
            rounds = 1;
        }
        if (seconds < 1 || rounds < 1) throw new IllegalArgumentException("--seconds, --rounds: expected >= 1");
        List<Cell> cells = Cell.named(only);
        if (list) {
            for (Cell cell : cells) System.out.println(cell.name());
            return 0;
        }
        Path work = directory == null
                ? Files.createTempDirectory("attune-bench")
                : Files.createTempDirectory(directory, "attune-bench");
        try {
            Results results = new Results(systems);
            List<Contender> contenders = new ArrayList<>();
            for (String system : systems) contenders.add(contender(system, work));
            for (int round = 1; round <= rounds; round++) {
                for (Contender contender : contenders) {
                    for (int nodes : new int[] {1, 3}) run(round, contender, nodes, cells, work, results);
                }
                // Nobody is always the one who comes after.
                Collections.reverse(contenders);
            }
            System.out.println(output.equals("json") ? results.json() : results.markdown());
            return results.hasFailures() ? 1 : 0;
        } finally {
            Cluster.delete(work);
        }
    }

    private Contender contender(String system, Path work) throws IOException {
        if (system.equals("etcd")) return new Contender.Etcd(etcd);
        if (system.equals("zookeeper")) return new Contender.ZooKeeper(System.getProperty("java.class.path"));
        String engine = ENGINES.get(system);
        if (engine == null)
            throw new IllegalArgumentException(
                    "--systems: " + system + " (expected: attune, attune-paxos, etcd, zookeeper)");
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        String token = "attune_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Path file = Files.createFile(
                work.resolve(system + ".token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token + "\n", StandardCharsets.UTF_8);
        String classPath = home == null
                ? System.getProperty("java.class.path")
                : home.resolve("attune-dist/target/attune/lib/*").toString();
        // As the launcher starts a server, but without its class-data archive.
        List<String> flags = new ArrayList<>(
                List.of("-Djdk.serialFilter=!*", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC", "-Xmx512m"));
        flags.addAll(jvmFlags);
        return new Contender.Attune(engine, classPath, flags, file, token);
    }

    private void run(int round, Contender contender, int nodes, List<Cell> cells, Path work, Results results)
            throws IOException, InterruptedException {
        List<Cell> here = cells.stream().filter(cell -> cell.nodes() == nodes).toList();
        if (here.isEmpty()) return;
        // The first start also loads the client's classes.
        if (here.get(0).kind() == Cell.Kind.START) start(contender, nodes, work, here, results, cluster -> {});
        start(contender, nodes, work, here, results, cluster -> {
            boolean warm = false;
            for (Cell cell : here) {
                System.err.println("round " + round + " " + contender.name() + " " + cell.name());
                try {
                    if (!warm && !quick && cell.needsWarmth()) {
                        double rate = Load.warm(cluster.peer(), WARM_CALLERS);
                        System.err.printf("  warm at %.0f writes/s%n", rate);
                        warm = true;
                    }
                    measure(cell, contender.name(), cluster, results);
                } catch (ExecutionException | TimeoutException | RuntimeException e) {
                    String error = described(e);
                    System.err.println(
                            "FAILED " + cell.name() + " / " + contender.name() + ": " + error + "\n" + cluster.logs());
                    results.failed(cell.name(), contender.name(), error);
                }
            }
        });
    }

    private interface Use {
        void use(Cluster cluster) throws IOException, InterruptedException;
    }

    private static void start(Contender contender, int nodes, Path work, List<Cell> cells, Results results, Use use)
            throws InterruptedException {
        try (Cluster cluster = Cluster.start(contender, nodes, work)) {
            use.use(cluster);
        } catch (IOException e) {
            System.err.println("FAILED " + contender.name() + ": " + e.getMessage());
            for (Cell cell : cells) results.failed(cell.name(), contender.name(), described(e));
        }
    }

    private static String described(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = error; each != null; each = each.getCause())
            text.append(text.isEmpty() ? "" : " <- ").append(each);
        return text.toString();
    }

    private void measure(Cell cell, String system, Cluster cluster, Results results)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        switch (cell.kind()) {
            case START -> results.add(cell.name() + " (ms)", system, cluster.startMillis());
            case MEMORY -> {
                Thread.sleep(IDLE_MILLIS);
                results.add(cell.name() + " (MiB resident)", system, cluster.residentMebibytes());
            }
            case WRITES ->
                results.add(cell.name() + " (/s)", system, Load.writes(cluster.peer(), cell.count(), seconds));
            case READS -> results.add(cell.name() + " (/s)", system, Load.reads(cluster.peer(), cell.count(), seconds));
            case PROPAGATION -> {
                List<Double> millis = Load.propagation(cluster.peer(), cluster.connect(), seconds);
                results.add(cell.name() + " (p50 ms)", system, Summary.percentile(millis, 50));
                results.add(cell.name() + " (p99 ms)", system, Summary.percentile(millis, 99));
            }
            case FAN_OUT -> {
                List<Double> millis = Load.fanOut(cluster, cell.count(), seconds);
                results.add(cell.name() + " (p50 ms to the last)", system, Summary.percentile(millis, 50));
            }
            case RESTART -> {
                results.add(cell.name() + " loaded (s)", system, Load.files(cluster.peer(), cell.count()));
                results.add(
                        cell.name() + " restarted (ms)", system, cluster.restart(cell.count() - 1, Load.FILE_BYTES));
                results.add(cell.name() + " (MiB resident)", system, cluster.residentMebibytes());
            }
        }
    }
}
