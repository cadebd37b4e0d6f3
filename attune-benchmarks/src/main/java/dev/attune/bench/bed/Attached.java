package dev.attune.bench.bed;

import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.signal.Signals;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.signal.Measurement;
import java.util.Collections;
import java.util.function.Consumer;

/** The service as an instance of an Attune application: takes its settings from a node and tells it what it measures. */
final class Attached implements AutoCloseable {
    /** The key of the pool's size. */
    static final String POOL = "pool.size";

    /** The key of the queue's bound. */
    static final String QUEUE = "queue.bound";

    /** Where the applications are. */
    static final String ENVIRONMENT = "bench";

    private final AttuneClient client;

    private Attached(AttuneClient client) {
        this.client = client;
    }

    static Attached to(Service service, String endpoint, String token, String application, String instance) {
        AttuneClient client = AttuneClient.builder()
                .endpoints(endpoint)
                .token(token)
                .snapshotDirectory(null)
                .build();
        Config config = client.config(InstanceSpec.of(instance, ENVIRONMENT, application));
        apply(service, config);
        config.onChange(POOL, (before, after) -> apply(service, config));
        config.onChange(QUEUE, (before, after) -> apply(service, config));
        Signals signals = config.signals();
        signals.gauge("heap.kept.bytes", () -> service.heap().used());
        signals.gauge("heap.max.bytes", () -> service.heap().most());
        signals.gauge("queue.items", () -> service.pool().queued());
        signals.gauge("pool.threads", () -> service.pool().size());
        signals.source(to -> {
            total(to, "requests_total", service.received());
            total(to, "answers_total", service.answered());
            total(to, "in_time_total", service.inTime());
        });
        return new Attached(client);
    }

    private static void total(Consumer<Measurement> to, String name, long value) {
        to.accept(new Measurement(name, Collections.emptySortedMap(), 0, new Measurement.Total(value)));
    }

    private static void apply(Service service, Config config) {
        service.pool(config.getInt(POOL, service.pool().size()));
        service.pool().bound(config.getInt(QUEUE, service.pool().bound()));
    }

    @Override
    public void close() {
        client.close();
    }
}
