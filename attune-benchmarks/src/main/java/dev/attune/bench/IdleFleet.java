package dev.attune.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigClient;
import dev.attune.client.config.Layers;
import dev.attune.client.session.Session;
import dev.attune.client.session.SessionOptions;
import dev.attune.client.session.WebSocketConnector;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.session.SessionProtocol;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What instances that do nothing cost a node: its processor time, memory and log before and with them; and how soon it
 * is known what each of them has, when they connect and after a release.
 *
 * <pre>IdleFleet HOST:PORT TOKEN PID DATA-DIRECTORY [INSTANCES] [CONNECTIONS] [SECONDS]</pre>
 *
 * <p>PID and DATA-DIRECTORY are those of the node. The SDK's sessions run here, each connection a socket, over one JDK
 * HTTP client and with one ticking thread for all of them, as no real process would have so many.
 */
public final class IdleFleet {
    private static final int OPENERS = 64;
    private static final long TICK_MILLIS = 100;
    private static final long SETTLE_MILLIS = 10_000;
    private static final double MIB = 1 << 20;

    private final String endpoint;
    private final String token;
    private final NodeApi api;
    private final NodeProcess node;
    private final Path data;

    private IdleFleet(String endpoint, String token, NodeProcess node, Path data) {
        this.endpoint = endpoint;
        this.token = token;
        this.api = new NodeApi(endpoint, token);
        this.node = node;
        this.data = data;
    }

    /** Runs it and prints a few lines. */
    public static void main(String[] arguments) throws Exception {
        int instances = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 10_000;
        int connections = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 9_900;
        int seconds = arguments.length > 6 ? Integer.parseInt(arguments[6]) : 60;
        new IdleFleet(arguments[0], arguments[1], new NodeProcess(arguments[2]), Path.of(arguments[3]))
                .run(instances, connections, seconds);
        // The JDK's client has threads that nothing ends.
        System.exit(0);
    }

    private void run(int instances, int connections, int seconds) throws Exception {
        api.call("PUT", "/api/v1/envs/idle/apps/fleet/files/app.yaml", "v: " + System.currentTimeMillis() + "\n");
        report("nobody", seconds / 2);
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        List<Session> sessions = sessions(connections);
        ticker.scheduleWithFixedDelay(() -> sessions.forEach(Session::tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        long begun = System.nanoTime();
        List<Config> configs = open(sessions, instances);
        long opened = System.nanoTime();
        until(instances, each -> true);
        System.out.printf(
                Locale.ROOT,
                "%d instances over %d connections opened in %.1f s, all of them listed %.1f s later%n",
                instances,
                connections,
                (opened - begun) / 1e9,
                (System.nanoTime() - opened) / 1e9);
        Thread.sleep(SETTLE_MILLIS);
        report(instances + " idle", seconds);
        String text = "v: " + System.currentTimeMillis() + "\n";
        long release = api.json("PUT", "/api/v1/envs/idle/apps/fleet/files/app.yaml", text)
                .path("release")
                .asLong();
        long published = System.nanoTime();
        until(instances, each -> has(each, release));
        System.out.printf(
                Locale.ROOT,
                "a release is known to be applied by all of them %.1f s after it was published%n",
                (System.nanoTime() - published) / 1e9);
        configs.forEach(Config::close);
        sessions.forEach(Session::close);
        ticker.shutdownNow();
    }

    private static boolean has(JsonNode instance, long release) {
        JsonNode file = instance.path("files").path(0);
        return file.path("release").asLong() == release
                && file.path("state").asText().equals("applied");
    }

    private List<Session> sessions(int count) {
        WebSocketConnector connector = new WebSocketConnector(token, Duration.ofSeconds(30), null);
        SecureRandom random = new SecureRandom();
        SessionOptions options = SessionOptions.of(List.of(URI.create("ws://" + endpoint + SessionProtocol.PATH)))
                .withInFlightMax(4);
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) sessions.add(new Session(options, connector, System::nanoTime, random));
        return sessions;
    }

    private static List<Config> open(List<Session> sessions, int instances) throws Exception {
        ExecutorService openers = Executors.newFixedThreadPool(OPENERS);
        ExecutorService listeners = Executors.newSingleThreadExecutor();
        ConfigClient.Host host =
                new ConfigClient.Host(listeners, listeners, null, null, Layers.NONE, Duration.ofSeconds(10));
        try {
            List<Future<Config>> opening = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                Session session = sessions.get(i % sessions.size());
                InstanceSpec instance = InstanceSpec.of("i" + i, "idle", "fleet");
                opening.add(openers.submit(
                        () -> new ConfigClient(session, host, Duration.ofSeconds(60), Duration.ofSeconds(60))
                                .open(instance, List.of())));
            }
            List<Config> configs = new ArrayList<>();
            for (Future<Config> each : opening) configs.add(each.get());
            return configs;
        } finally {
            openers.shutdown();
        }
    }

    /** Something to be true of an instance as it is listed. */
    @FunctionalInterface
    private interface Wanted {
        boolean holds(JsonNode instance);
    }

    private void until(int instances, Wanted wanted) throws Exception {
        while (true) {
            JsonNode all = api.json("GET", "/api/v1/envs/idle/apps/fleet/instances", "")
                    .path("instances");
            int so = 0;
            for (JsonNode each : all) if (wanted.holds(each)) so++;
            if (so >= instances) return;
            Thread.sleep(250);
        }
    }

    /** What the node uses while nobody asks anything of it. */
    private void report(String what, int seconds) throws Exception {
        double begun = node.processorSeconds();
        double revision = api.metric("attune_store_revision");
        double index = api.metric("attune_log_applied_index");
        long bytes = logBytes();
        Thread.sleep(seconds * 1000L);
        double used = node.processorSeconds() - begun;
        node.collect();
        double heap = api.metric("attune_heap_used_bytes");
        System.out.printf(
                Locale.ROOT,
                "%s, %d s: %.1f %% of one core, %.0f MiB resident, %.0f MiB heap after a collection, %.0f revisions,"
                        + " %.0f log entries, %d bytes of log files more%n",
                what,
                seconds,
                100 * used / seconds,
                node.residentBytes() / MIB,
                heap / MIB,
                api.metric("attune_store_revision") - revision,
                api.metric("attune_log_applied_index") - index,
                logBytes() - bytes);
    }

    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            long bytes = 0;
            for (Path each : files.filter(Files::isRegularFile).toList()) bytes += Files.size(each);
            return bytes;
        }
    }
}
