package dev.attune.server.scrape;

import dev.attune.model.signal.Measurement;
import dev.attune.server.signals.Intake;
import dev.attune.server.signals.SignalBatch;
import dev.attune.server.signals.SignalNode;
import dev.attune.server.signals.SignalSource;
import dev.attune.server.signals.Taken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the signals of instances that expose them, on the leader: each target once an interval, at its own moment within
 * it, so that many do not come at once. A target that answers in time has {@code up} 1, any other 0.
 */
public final class Scraper {
    private static final Logger LOG = LoggerFactory.getLogger(Scraper.class);
    private static final int BODY_BYTES_MAX = 8 << 20;
    private static final int SAMPLES_MAX = 10_000;
    private static final int TARGETS_MAX = 1_000;
    private static final long TICK_MILLIS = 250;
    private static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8";

    private final Intake intake;
    private final Supplier<List<SignalNode.Exposed>> targets;
    private final BooleanSupplier leading;
    private final Duration interval;
    private final HttpClient http;
    private final Set<ScrapeTarget> underWay = ConcurrentHashMap.newKeySet();
    private final Map<ScrapeTarget, Long> dueNanos = new HashMap<>();

    /**
     * @param targets those of the moment; asked often
     * @param interval between two visits of a target; at least five seconds
     */
    public Scraper(
            Intake intake, Supplier<List<SignalNode.Exposed>> targets, BooleanSupplier leading, Duration interval) {
        if (interval.compareTo(Duration.ofSeconds(5)) < 0 || interval.compareTo(Duration.ofMinutes(5)) > 0)
            throw new IllegalArgumentException("interval: " + interval + " (expected: 5 s..5 min)");
        this.intake = intake;
        this.targets = targets;
        this.leading = leading;
        this.interval = interval;
        // Redirects would lead where nobody configured.
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout())
                .build();
    }

    /** Begins. */
    public void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(() -> tick(System.nanoTime()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Duration timeout() {
        return Duration.ofMillis(Math.min(5_000, interval.toMillis() * 4 / 5));
    }

    /** Visits who is due; by one thread. */
    void tick(long nowNanos) {
        if (!leading.getAsBoolean()) {
            dueNanos.clear();
            return;
        }
        List<ScrapeTarget> now = targets();
        dueNanos.keySet().retainAll(Set.copyOf(now));
        for (ScrapeTarget each : now) {
            Long due = dueNanos.get(each);
            if (due == null) {
                long within = Math.floorMod(each.hashCode() * 0x9E3779B97F4A7C15L, interval.toNanos());
                dueNanos.put(each, nowNanos + within);
            } else if (nowNanos - due >= 0) {
                dueNanos.put(each, Math.max(due, nowNanos - interval.toNanos()) + interval.toNanos());
                if (underWay.add(each)) visit(each);
            }
        }
    }

    private List<ScrapeTarget> targets() {
        List<ScrapeTarget> all = new ArrayList<>();
        for (SignalNode.Exposed each : targets.get()) {
            if (all.size() == TARGETS_MAX) break;
            try {
                all.add(new ScrapeTarget(each.scope(), each.instance(), URI.create(each.address())));
            } catch (IllegalArgumentException e) {
                LOG.debug("event=scrape-unusable address={}", each.address(), e);
            }
        }
        return all;
    }

    private void visit(ScrapeTarget target) {
        HttpRequest request = HttpRequest.newBuilder(target.address())
                .timeout(timeout())
                .header("Accept", ACCEPT)
                .build();
        http.sendAsync(request, info -> new BoundedText(BODY_BYTES_MAX)).whenComplete((response, failure) -> {
            underWay.remove(target);
            try {
                take(target, response, failure);
            } catch (RuntimeException e) {
                // What one target says must not end the visits of the others.
                LOG.debug("event=scrape-lost target={}", target.address(), e);
            }
        });
    }

    private void take(ScrapeTarget target, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {
        boolean up = failure == null && response != null && response.statusCode() == 200;
        List<Measurement> measurements = new ArrayList<>();
        if (up && response != null)
            measurements.addAll(
                    PrometheusText.read(response.body(), SAMPLES_MAX).measurements());
        else LOG.debug("event=scrape-failed target={}", target.address(), failure);
        measurements.add(Measurement.now("up", Map.of(), new Measurement.Level(up ? 1 : 0)));
        SignalSource source =
                new SignalSource(target.scope(), target.instance(), Collections.emptySortedMap(), "scrape");
        SignalBatch batch = new SignalBatch(source, measurements, List.of());
        intake.take(List.of(batch), batch.bytes()).exceptionally(lost -> {
            LOG.debug("event=scrape-lost target={}", target.address(), lost);
            return Taken.NOTHING;
        });
    }
}
