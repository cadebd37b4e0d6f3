package dev.attune.bench;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.signal.Signals;
import dev.attune.model.config.InstanceSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What policies cost the node that leads: its processor time with applications that only tell their signals, and then with
 * policies over them that decide at each tick and have nothing to change. Each application has five policies (a soft goal
 * of a gauge of its own, one guard of latency) and two instances of the SDK, whose signals are made up.
 *
 * <pre>PolicyLoad HOST:PORT TOKEN PID [POLICIES] [TICK-SECONDS] [SECONDS]</pre>
 *
 * <p>PID is that of the node.
 */
public final class PolicyLoad {
    private static final int POLICIES_OF_ONE = 5;
    private static final int INSTANCES_OF_ONE = 2;
    private static final int REQUESTS_PER_TELLING = 50;
    private static final int SETTLE_SECONDS = 60;
    private static final double GOAL = 0.8;
    private static final double MIB = 1 << 20;
    private static final String DECISIONS = "attune_tuning_decisions_total";
    private static final Random RANDOM = new Random(1);

    private final NodeApi api;
    private final NodeProcess node;

    private PolicyLoad(NodeApi api, NodeProcess node) {
        this.api = api;
        this.node = node;
    }

    /** Runs the load and prints a line for each span. */
    public static void main(String[] arguments) throws Exception {
        int policies = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 200;
        int tick = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 15;
        int seconds = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 120;
        List<AttuneClient> clients = new ArrayList<>();
        for (int i = 0; i < INSTANCES_OF_ONE; i++)
            clients.add(AttuneClient.builder()
                    .endpoints(arguments[0])
                    .token(arguments[1])
                    .snapshotDirectory(null)
                    .build());
        PolicyLoad load = new PolicyLoad(new NodeApi(arguments[0], arguments[1]), new NodeProcess(arguments[2]));
        try {
            load.run(clients, policies / POLICIES_OF_ONE, tick, seconds);
        } finally {
            clients.forEach(AttuneClient::close);
        }
    }

    private void run(List<AttuneClient> clients, int applications, int tick, int seconds) throws Exception {
        for (int app = 0; app < applications; app++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < POLICIES_OF_ONE; i++) text.append("k").append(i).append(": 100\n");
            api.call("PUT", path(app) + "/files/application.yaml", text.toString());
            for (int i = 0; i < clients.size(); i++) live(clients.get(i), app, i);
        }
        settle();
        report("signals of " + applications + " applications", seconds);
        for (int app = 0; app < applications; app++)
            api.call("PUT", path(app) + "/files/all.policy", policies(app, tick));
        settle();
        report("and " + applications * POLICIES_OF_ONE + " policies every " + tick + " s", seconds);
    }

    private static String path(int app) {
        return "/api/v1/envs/bench/apps/app" + app;
    }

    private static void live(AttuneClient client, int app, int index) {
        Config config = client.config(InstanceSpec.of("i" + index, "bench", "app" + app));
        Signals signals = config.signals();
        for (int i = 0; i < POLICIES_OF_ONE; i++)
            signals.gauge("level" + i, () -> GOAL * (1 + 0.01 * RANDOM.nextGaussian()));
        signals.source(to -> {
            for (int i = 0; i < REQUESTS_PER_TELLING; i++)
                signals.timer("request")
                        .record((long) (20e6 * Math.exp(0.3 * RANDOM.nextGaussian())), TimeUnit.NANOSECONDS);
        });
    }

    private static String policies(int app, int tick) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < POLICIES_OF_ONE; i++)
            all.append(String.format(
                    Locale.ROOT,
                    """
                    ---
                    kind: TuningPolicy
                    metadata: {name: p%1$d, app: app%2$d}
                    spec:
                      mode: auto
                      file: application.yaml
                      key: k%1$d
                      envelope: [10, 1000]
                      goal: {metric: 'avg(level%1$d, 30s)', below: %3$s, kind: soft, gain: 0.001}
                      guards: [{name: p95, expr: 'quantile(0.95, request_seconds, 30s)', margin: 10%%}]
                      limits: {tick: %4$ds}
                    """,
                    i,
                    app,
                    GOAL,
                    tick));
        return all.toString();
    }

    /** Until what is compiled at first has been, and there are whole windows. */
    private static void settle() throws InterruptedException {
        Thread.sleep(Duration.ofSeconds(SETTLE_SECONDS).toMillis());
    }

    private void report(String what, int seconds) throws IOException, InterruptedException {
        double before = node.processorSeconds();
        double decided = api.metric(DECISIONS);
        double entries = api.metric("attune_log_applied_index");
        Thread.sleep(Duration.ofSeconds(seconds).toMillis());
        double used = node.processorSeconds() - before;
        double decisions = api.metric(DECISIONS) - decided;
        double applied = api.metric("attune_log_applied_index") - entries;
        node.collect();
        System.out.printf(
                Locale.ROOT,
                "%s, %d s: %.1f %% of one core, %.1f decisions/s, %.1f log entries/s, %.0f MiB heap after a collection%n",
                what,
                seconds,
                100 * used / seconds,
                decisions / seconds,
                applied / seconds,
                api.metric("attune_heap_used_bytes") / MIB);
    }
}
