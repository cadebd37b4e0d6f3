package dev.attune.bench.bed;

import dev.attune.tuning.policy.TuningPolicy;
import dev.attune.tuning.signal.Fleet;
import dev.attune.tuning.signal.Sample;
import dev.attune.tuning.signal.SeriesId;
import dev.attune.tuning.signal.SignalLimits;
import dev.attune.tuning.signal.SignalQuery;
import dev.attune.tuning.signal.SignalStore;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The signals of the service as a node keeps them, on a clock of which one tick is ten seconds: the same steps, the same
 * watermark, and measurements that arrive between two decisions.
 */
final class SignalFeed {
    /** What a tick takes on the clock of decisions. */
    static final long TICK_MILLIS = 10_000;

    private static final String OWNER = "bench/bed";

    private final SignalStore store = new SignalStore(OWNER, SignalLimits.DEFAULT);
    private final Fleet fleet;
    private final TuningPolicy policy;
    private long nowMillis = 1_000 * TICK_MILLIS;

    SignalFeed(TuningPolicy policy, int nodes) {
        this.policy = policy;
        fleet = Fleet.of(
                IntStream.range(0, nodes).mapToObj(SignalFeed::instance).toList());
        store.want(policy.selectors(), List.of());
    }

    static String instance(int node) {
        return "n" + node;
    }

    /** Takes what the nodes tell half a tick after the last decision. */
    void heard(List<ServiceProcess.Stats> nodes) {
        long at = nowMillis + TICK_MILLIS / 2;
        for (int i = 0; i < nodes.size(); i++) {
            ServiceProcess.Stats stats = nodes.get(i);
            total("requests_total", i, at, stats.received());
            total("answers_total", i, at, stats.answered());
            total("in_time_total", i, at, stats.inTime());
            gauge("heap_kept_bytes", i, at, stats.heapUsed());
            gauge("heap_max_bytes", i, at, stats.heapMost());
            gauge("queue_items", i, at, stats.queued());
            gauge("pool_threads", i, at, stats.pool());
        }
    }

    private void total(String name, int node, long at, long value) {
        store.offer(OWNER, new Sample.Total(SeriesId.of(name, instance(node)), at, (double) value), at);
    }

    private void gauge(String name, int node, long at, long value) {
        store.offer(OWNER, new Sample.Gauge(SeriesId.of(name, instance(node)), at, (double) value), at);
    }

    /** A tick has passed: what may be known now. */
    SignalQuery tick() {
        nowMillis += TICK_MILLIS;
        return new SignalQuery(store, fleet, policy.rhythm().quality(), nowMillis);
    }

    long nowMillis() {
        return nowMillis;
    }

    SignalStore store() {
        return store;
    }
}
