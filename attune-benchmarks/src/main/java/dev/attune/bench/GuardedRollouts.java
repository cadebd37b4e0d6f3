package dev.attune.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.signal.Signals;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Bad and harmless releases under guards, in real time against a node that runs: how many are taken back, and how soon.
 * Each repeat is an application of its own with instances of the SDK whose requests are made up: latencies of 20 ms with
 * 30 % of spread between requests, another 10 % between instances, and 5 % of drift in each that lasts (AR(1), 0.8); one
 * request in a thousand fails; a known error is logged now and then.
 *
 * <pre>GuardedRollouts HOST:PORT TOKEN [REPEATS] [INSTANCES] [STAGE-SECONDS] [SEED]</pre>
 */
public final class GuardedRollouts {
    private static final int REQUESTS_PER_STEP = 200;
    private static final long LOOK_MILLIS = 2_000;
    private static final long WAIT_MILLIS_MAX = 40 * 60_000L;

    private final ObjectMapper json = new ObjectMapper();
    private final String endpoint;
    private final String token;
    private final NodeApi api;

    private GuardedRollouts(String endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
        this.api = new NodeApi(endpoint, token);
    }

    /** What is wrong with a release. */
    private enum Fault {
        NONE("other=1"),
        SLOWER("slower=1.25"),
        FAILING("failing=0.02"),
        NEW_ERROR("broken=true");

        private final String text;

        Fault(String text) {
            this.text = text;
        }
    }

    /** One application and its rollout. */
    private static final class Repeat {
        final Fault fault;
        final String application;
        long rollout;
        String phase = "";
        String reason = "";
        long startedMillis;
        long endedMillis;

        Repeat(Fault fault, int number) {
            this.fault = fault;
            this.application = fault.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
        }
    }

    /** Runs and prints a table. */
    public static void main(String[] arguments) throws Exception {
        int repeats = number(arguments, 2, 20);
        int instances = number(arguments, 3, 5);
        int seconds = number(arguments, 4, 180);
        new GuardedRollouts(arguments[0], arguments[1]).run(repeats, instances, seconds, number(arguments, 5, 1));
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private void run(int repeats, int instances, int seconds, int seed) throws Exception {
        List<Repeat> all = new ArrayList<>();
        for (Fault fault : Fault.values()) for (int i = 1; i <= repeats; i++) all.add(new Repeat(fault, i));
        for (Repeat each : all) api.call("PUT", files(each), "slower=1\n");
        List<AttuneClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < instances; i++) {
                AttuneClient client = AttuneClient.builder()
                        .endpoints(endpoint)
                        .token(token)
                        .snapshotDirectory(null)
                        .build();
                clients.add(client);
                for (Repeat each : all) live(client, each, i, seed);
            }
            System.out.println(Instant.now() + " " + all.size() + " applications of " + instances + " instances run");
            start(all, seconds);
            end(all);
        } finally {
            clients.forEach(AttuneClient::close);
        }
        report(all, seed);
    }

    private static String files(Repeat repeat) {
        return "/api/v1/envs/bench/apps/" + repeat.application + "/files/app.properties";
    }

    private static void live(AttuneClient client, Repeat repeat, int index, int seed) {
        Config config = client.config(InstanceSpec.of("i" + index, "bench", repeat.application));
        Signals signals = config.signals();
        Random random = new Random(31L * (31L * seed + repeat.application.hashCode()) + index);
        double own = StrictMath.exp(0.1 * random.nextGaussian());
        double[] drift = {0};
        signals.source(to -> {
            drift[0] = 0.8 * drift[0] + 0.05 * 0.6 * random.nextGaussian();
            double mean = 0.020 * own * StrictMath.exp(drift[0]) * config.getDouble("slower", 1);
            double failing = 0.001 + config.getDouble("failing", 0);
            int failed = 0;
            for (int i = 0; i < REQUESTS_PER_STEP; i++) {
                double seconds = mean * StrictMath.exp(0.3 * random.nextGaussian());
                signals.timer("request").record((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
                if (random.nextDouble() < failing) failed++;
            }
            signals.counter("requests").increment(REQUESTS_PER_STEP);
            signals.counter("failed").increment(failed);
            signals.log("INFO", "Served " + random.nextInt(10_000) + " orders");
            if (random.nextDouble() < 0.02) signals.log("ERROR", "Call " + random.nextInt(10_000) + " timed out");
            if (config.getBoolean("broken", false))
                signals.log("ERROR", "Pool of order " + random.nextInt(10_000) + " is exhausted");
        });
    }

    private ObjectNode body(Repeat repeat, int seconds) {
        ObjectNode body = json.createObjectNode().put("strategy", "progressive").put("message", "guarded");
        body.put(
                "guards",
                "{guards: [{name: p95, expr: 'quantile(0.95, request_seconds{}, 10s)', margin: 10%, critical: true},"
                        + " {name: errors, counts: ['failed_total{}', 'requests_total{}'], margin: 50%, critical: true},"
                        + " {name: new-errors, newErrorTemplate: true}]}");
        ArrayNode stages = body.putArray("stages");
        stages.addObject().put("count", 2).put("seconds", seconds);
        body.putArray("files")
                .addObject()
                .put("application", repeat.application)
                .put("file", "app.properties")
                .put("text", repeat.fault.text + "\n");
        return body;
    }

    /** Each as soon as enough is known of the time before it. */
    private void start(List<Repeat> all, int seconds) throws Exception {
        long until = System.currentTimeMillis() + WAIT_MILLIS_MAX;
        while (true) {
            int waiting = 0;
            for (Repeat each : all) {
                if (each.rollout > 0) continue;
                HttpResponse<String> answer = api.send(
                        "POST",
                        "/api/v1/envs/bench/rollouts",
                        body(each, seconds).toString());
                if (answer.statusCode() == 201) {
                    each.rollout = json.readTree(answer.body()).path("number").asLong();
                    each.startedMillis = System.currentTimeMillis();
                } else if (answer.statusCode() == 412) {
                    waiting++;
                } else {
                    throw new IOException(answer.statusCode() + ": " + answer.body());
                }
            }
            if (waiting == 0) break;
            if (System.currentTimeMillis() > until) throw new IOException(waiting + " rollouts could not start");
            Thread.sleep(Duration.ofSeconds(10).toMillis());
        }
        System.out.println(Instant.now() + " all rollouts have started");
    }

    private void end(List<Repeat> all) throws Exception {
        long until = System.currentTimeMillis() + WAIT_MILLIS_MAX;
        int left = all.size();
        while (left > 0 && System.currentTimeMillis() < until) {
            Thread.sleep(LOOK_MILLIS);
            left = 0;
            for (Repeat each : all) {
                if (each.endedMillis > 0) continue;
                JsonNode seen = api.json("GET", "/api/v1/envs/bench/rollouts/" + each.rollout, "");
                each.phase = seen.path("phase").asText() + (seen.path("paused").asBoolean() ? " (paused)" : "");
                each.reason = seen.path("reason").asText();
                if (seen.path("ended").asBoolean()) each.endedMillis = System.currentTimeMillis();
                else left++;
            }
        }
    }

    private static void report(List<Repeat> all, int seed) {
        System.out.printf(Locale.ROOT, "%n%-10s %-12s %6s %18s%n", "fault", "end", "count", "seconds min/med/max");
        Map<Fault, Map<String, List<Long>>> ends = new EnumMap<>(Fault.class);
        for (Repeat each : all)
            ends.computeIfAbsent(each.fault, none -> new TreeMap<>())
                    .computeIfAbsent(each.phase, none -> new ArrayList<>())
                    .add((each.endedMillis - each.startedMillis) / 1_000);
        ends.forEach((fault, phases) -> phases.forEach((phase, times) -> {
            times.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %-12s %6d %8d/%d/%d%n",
                    fault,
                    phase,
                    times.size(),
                    times.get(0),
                    times.get(times.size() / 2),
                    times.get(times.size() - 1));
        }));
        System.out.println("seed " + seed);
        for (Repeat each : all)
            if (each.fault == Fault.NONE != each.phase.equals("COMMITTED"))
                System.out.println("unexpected: " + each.application + " " + each.phase + ": " + each.reason);
    }
}
