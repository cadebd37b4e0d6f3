package dev.attune.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OPENERS = 64;
    private static final long TICK_MILLIS = 100;
    private static final long SETTLE_MILLIS = 10_000;
    private static final double TICKS_PER_SECOND = 100;
    private static final double MIB = 1 << 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String endpoint;
    private final String token;
    private final String pid;
    private final Path data;

    private IdleFleet(String endpoint, String token, String pid, Path data) {
        this.endpoint = endpoint;
        this.token = token;
        this.pid = pid;
        this.data = data;
    }

    /** Runs it and prints a few lines. */
    public static void main(String[] arguments) throws Exception {
        int instances = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 10_000;
        int connections = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 9_900;
        int seconds = arguments.length > 6 ? Integer.parseInt(arguments[6]) : 60;
        new IdleFleet(arguments[0], arguments[1], arguments[2], Path.of(arguments[3]))
                .run(instances, connections, seconds);
        // The JDK's client has threads that nothing ends.
        System.exit(0);
    }

    private void run(int instances, int connections, int seconds) throws Exception {
        call("PUT", "/api/v1/envs/idle/apps/fleet/files/app.yaml", "v: " + System.currentTimeMillis() + "\n");
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
        long release = JSON.readTree(call("PUT", "/api/v1/envs/idle/apps/fleet/files/app.yaml", text))
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
            JsonNode all = JSON.readTree(call("GET", "/api/v1/envs/idle/apps/fleet/instances", ""))
                    .path("instances");
            int so = 0;
            for (JsonNode each : all) if (wanted.holds(each)) so++;
            if (so >= instances) return;
            Thread.sleep(250);
        }
    }

    /** What the node uses while nobody asks anything of it. */
    private void report(String what, int seconds) throws Exception {
        long ticks = processorTicks();
        long revision = metric("attune_store_revision");
        long index = metric("attune_log_applied_index");
        long bytes = logBytes();
        Thread.sleep(seconds * 1000L);
        long used = processorTicks() - ticks;
        double heap = leastHeap();
        System.out.printf(
                Locale.ROOT,
                "%s, %d s: %.1f %% of one core, %.0f MiB resident, %.0f MiB heap after a collection, %d revisions,"
                        + " %d log entries, %d bytes of log files more%n",
                what,
                seconds,
                100 * used / TICKS_PER_SECOND / seconds,
                resident() / MIB,
                heap / MIB,
                metric("attune_store_revision") - revision,
                metric("attune_log_applied_index") - index,
                logBytes() - bytes);
    }

    private long processorTicks() throws IOException {
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        // The name in parentheses may have spaces in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status")))
            if (line.startsWith("VmRSS:")) return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        throw new IOException("no VmRSS of " + pid);
    }

    private double leastHeap() throws Exception {
        Process collect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, "GC.run")
                .redirectErrorStream(true)
                .start();
        collect.getInputStream().readAllBytes();
        collect.waitFor();
        return metric("attune_heap_used_bytes");
    }

    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            long bytes = 0;
            for (Path each : files.filter(Files::isRegularFile).toList()) bytes += Files.size(each);
            return bytes;
        }
    }

    private long metric(String name) throws Exception {
        for (String line : call("GET", "/metrics", "").split("\n", -1))
            if (line.startsWith(name + " ") || line.startsWith(name + "{"))
                return (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        throw new IOException("no metric " + name);
    }

    private String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + endpoint + path))
                .header("Authorization", "Bearer " + token)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new IOException(answer.statusCode() + ": " + answer.body());
        return answer.body();
    }
}
