package dev.attune.spring.actuate;

import dev.attune.client.config.Config;
import dev.attune.spring.live.AttuneReleaseEvent;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.ApplicationListener;

/**
 * {@code attune.connected}, {@code attune.stale} (seconds), {@code attune.updates.applied},
 * {@code attune.updates.rejected} by application, {@code attune.release} by application and file.
 */
public final class AttuneMetrics implements MeterBinder, ApplicationListener<AttuneReleaseEvent> {
    private final AttuneStatus status;
    private final List<MultiGauge> releases = new CopyOnWriteArrayList<>();

    public AttuneMetrics(AttuneStatus status) {
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("attune.connected", status, each -> each.isConnected() ? 1 : 0)
                .description("Whether a node of the centre answers")
                .register(registry);
        status.subscriptions().forEach((name, config) -> {
            Gauge.builder("attune.stale", config, each -> AttuneStatus.staleSeconds(List.of(each)))
                    .description("For how long what is in force may have been behind")
                    .baseUnit("seconds")
                    .tag("application", name)
                    .register(registry);
            counter(registry, "attune.updates.applied", name, config);
            counter(registry, "attune.updates.rejected", name, config);
        });
        releases.add(MultiGauge.builder("attune.release")
                .description("The release in force")
                .register(registry));
        refresh();
    }

    private static void counter(MeterRegistry registry, String meter, String name, Config config) {
        boolean applied = meter.endsWith("applied");
        FunctionCounter.builder(meter, config, each -> applied ? each.appliedCount() : each.vetoedCount())
                .tag("application", name)
                .register(registry);
    }

    @Override
    public void onApplicationEvent(AttuneReleaseEvent event) {
        refresh();
    }

    private void refresh() {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        status.subscriptions().forEach((name, config) -> config.snapshot()
                .files()
                .values()
                .forEach(file -> rows.add(
                        MultiGauge.Row.of(Tags.of("application", name, "file", file.file()), file.release()))));
        releases.forEach(each -> each.register(rows, true));
    }
}
