package dev.attune.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigChange;
import dev.attune.client.config.ConfigParticipant;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Atomic switches of a fleet: the whole three-phase commit, from the call to {@code COMMITTED} with every
 * acknowledgement counted, and the time between the first and the last instance's switch.
 *
 * <pre>RolloutLoad HOST:PORT TOKEN [INSTANCES] [ROLLOUTS] [CONNECTIONS] [DIRECTORY]</pre>
 *
 * <p>With a directory each instance stages on disk, synced, before it says that it is prepared; on one machine all of
 * them share one disk. Without, it holds the state in memory.
 */
public final class RolloutLoad {
    private static final int WARM_UP = 5;
    private static final int OPENERS = 64;

    private final ConcurrentLinkedQueue<Long> switches = new ConcurrentLinkedQueue<>();
    private final NodeApi api;

    private RolloutLoad(NodeApi api) {
        this.api = api;
    }

    /** Runs the load and prints one line. */
    public static void main(String[] arguments) throws Exception {
        int instances = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1000;
        int rollouts = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 21;
        int connections = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 50;
        Path directory = arguments.length > 5 ? Path.of(arguments[5]) : null;
        RolloutLoad load = new RolloutLoad(new NodeApi(arguments[0], arguments[1]));
        List<AttuneClient> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++)
            clients.add(AttuneClient.builder()
                    .endpoints(arguments[0])
                    .token(arguments[1])
                    .snapshotDirectory(directory == null ? null : directory.resolve("client" + i))
                    .build());
        try {
            load.run(clients, instances, rollouts, directory != null);
        } finally {
            clients.forEach(AttuneClient::close);
        }
    }

    private void run(List<AttuneClient> clients, int instances, int rollouts, boolean onDisk) throws Exception {
        call("PUT", "/apps/fleet/files/app.yaml", "v: 0\n");
        List<Config> configs = open(clients, instances);
        while (call("GET", "/apps/fleet/instances", "").path("instances").size() < instances) Thread.sleep(500);
        List<Double> whole = new ArrayList<>();
        List<Double> spread = new ArrayList<>();
        long stamp = System.currentTimeMillis();
        for (int i = 0; i < WARM_UP + rollouts; i++) {
            switches.clear();
            double took = once(stamp + i, instances);
            long[] at = switches.stream().mapToLong(Long::longValue).sorted().toArray();
            if (at.length != instances) throw new IllegalStateException(at.length + " switched of " + instances);
            if (i < WARM_UP) continue;
            whole.add(took);
            spread.add((at[at.length - 1] - at[0]) / 1e6);
        }
        configs.forEach(Config::close);
        System.out.printf(
                "%d instances over %d connections, staged %s: three-phase commit median %.0f ms (slowest %.0f),"
                        + " first to last switch median %.0f ms (longest %.0f), %d rollouts%n",
                instances,
                clients.size(),
                onDisk ? "on disk" : "in memory",
                median(whole),
                whole.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                median(spread),
                spread.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                rollouts);
    }

    /** Opens them side by side: each waits for its first state. */
    private List<Config> open(List<AttuneClient> clients, int instances) throws Exception {
        ExecutorService openers = Executors.newFixedThreadPool(OPENERS);
        try {
            List<Future<Config>> opening = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                AttuneClient client = clients.get(i % clients.size());
                InstanceSpec instance = InstanceSpec.of("i" + i, "bench", "fleet");
                opening.add(openers.submit(() -> client.config(instance)));
            }
            List<Config> configs = new ArrayList<>();
            for (Future<Config> each : opening) {
                Config config = each.get();
                config.participate(new ConfigParticipant() {
                    @Override
                    public void apply(ConfigChange change) {
                        switches.add(System.nanoTime());
                    }
                });
                configs.add(config);
            }
            return configs;
        } finally {
            openers.shutdown();
        }
    }

    private double once(long value, int instances) throws Exception {
        long begun = System.nanoTime();
        JsonNode started = call(
                "POST",
                "/rollouts",
                "{\"files\":[{\"application\":\"fleet\",\"file\":\"app.yaml\",\"text\":\"v: " + value + "\\n\"}]}");
        String path = "/rollouts/" + started.path("number").asLong();
        JsonNode rollout = call("GET", path + "?wait=30", "");
        double took = (System.nanoTime() - begun) / 1e6;
        if (rollout.path("states").path("APPLIED").asInt() != instances)
            throw new IllegalStateException("not committed everywhere: " + rollout);
        return took;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0.0);
    }

    private JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
        return api.json(method, "/api/v1/envs/bench" + path, body);
    }
}
