package dev.attune.e2e.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.attune.e2e.cluster.CliProcess;
import dev.attune.e2e.cluster.ServerCluster;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What OpenTelemetry's own SDK exports to a server process, seen with the command. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
final class SignalsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String APPLICATION = "prod/exporting";
    private static final Attributes FAILED = Attributes.of(AttributeKey.stringKey("outcome"), "failed");

    private ServerCluster cluster;
    private CliProcess attune;
    private OpenTelemetrySdk telemetry;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = ServerCluster.prepare(1, directory.resolve("cluster"));
        cluster.start();
        attune = new CliProcess(
                directory, Map.of("ATTUNE_ENDPOINTS", cluster.endpoints().get(0), "ATTUNE_TOKEN", cluster.token()));
        telemetry = telemetry("http://" + cluster.endpoints().get(0), cluster.token());
    }

    @AfterAll
    void stop() {
        telemetry.close();
        cluster.close();
    }

    /** As an application that knows nothing of Attune sets it up. */
    private static OpenTelemetrySdk telemetry(String endpoint, String token) {
        Resource resource = Resource.create(Attributes.builder()
                .put("service.name", "exporting")
                .put("service.instance.id", "otel-1")
                .put("deployment.environment.name", "prod")
                .build());
        OtlpHttpMetricExporter metrics = OtlpHttpMetricExporter.builder()
                .setEndpoint(endpoint + "/v1/metrics")
                .addHeader("Authorization", "Bearer " + token)
                .setCompression("gzip")
                .build();
        OtlpHttpLogRecordExporter logs = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(endpoint + "/v1/logs")
                .addHeader("Authorization", "Bearer " + token)
                .setCompression("gzip")
                .build();
        return OpenTelemetrySdk.builder()
                .setMeterProvider(SdkMeterProvider.builder()
                        .setResource(resource)
                        .registerMetricReader(PeriodicMetricReader.builder(metrics)
                                .setInterval(Duration.ofSeconds(2))
                                .build())
                        .build())
                .setLoggerProvider(SdkLoggerProvider.builder()
                        .setResource(resource)
                        .addLogRecordProcessor(BatchLogRecordProcessor.builder(logs)
                                .setScheduleDelay(Duration.ofSeconds(1))
                                .build())
                        .build())
                .build();
    }

    private String ok(String... arguments) throws Exception {
        CliProcess.Ended ended = attune.run(arguments);
        assertThat(ended.code())
                .as(String.join(" ", arguments) + "\n" + ended.err())
                .isZero();
        return ended.out();
    }

    private JsonNode json(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "-o";
        all[1] = "json";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return JSON.readTree(ok(all));
    }

    @Test
    void whatOpenTelemetryExports_isListedAskedAndDrawn() throws Exception {
        assertThat(ok("signals", "settings", APPLICATION)).contains("nothing was decided");
        assertThat(ok(
                        "signals",
                        "settings",
                        APPLICATION,
                        "--keep",
                        "request_duration_seconds{}",
                        "--keep",
                        "served_total{}"))
                .contains("keep    request_duration_seconds{}");
        Meter meter = telemetry.getMeter("orders");
        DoubleHistogram duration = meter.histogramBuilder("request.duration")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(List.of(0.01, 0.025, 0.05, 0.1))
                .build();
        LongCounter served = meter.counterBuilder("served").build();
        meter.gaugeBuilder("queue.size").buildWithCallback(level -> level.record(7));
        Logger logger = telemetry.getSdkLoggerProvider().get("orders");
        Thread load = new Thread(() -> {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                duration.record(0.040);
                served.add(1, i % 10 == 0 ? FAILED : Attributes.empty());
                if (i % 50 == 0)
                    logger.logRecordBuilder()
                            .setSeverity(Severity.ERROR)
                            .setBody("Order " + i + " timed out")
                            .emit();
                try {
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        load.start();
        try {
            Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                JsonNode median = json("signals", "query", APPLICATION, "quantile(0.5, request_duration_seconds, 30s)");
                // All that is known is the bucket.
                assertThat(median.path("value").asDouble())
                        .as(median.toString())
                        .isBetween(0.025, 0.05);
                JsonNode rate = json("signals", "query", APPLICATION, "rate(served_total, 30s)");
                JsonNode failed = json("signals", "query", APPLICATION, "rate(served_total{outcome=\"failed\"}, 30s)");
                assertThat(failed.path("value").asDouble() / rate.path("value").asDouble())
                        .as(failed + " of " + rate)
                        .isCloseTo(0.1, within(0.03));
            });
            assertThat(ok("signals", "query", APPLICATION, "avg(queue_size, 30s)"))
                    .contains("avg(queue_size, 30s)");
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            ok("signals", "show", APPLICATION, "queue_size"))
                    .contains("7", "otel-1"));
        } finally {
            load.interrupt();
            load.join();
        }
        assertThat(ok("signals", "list", APPLICATION))
                .contains("METRIC", "request_duration_seconds", "served_total", "series kept");
        assertThat(ok("signals", "sources", APPLICATION)).contains("otel-1", "otlp");
        JsonNode templates =
                json("signals", "templates", APPLICATION, "--level", "ERROR").path("templates");
        assertThat(templates).hasSize(1);
        assertThat(templates.path(0).path("template").asText()).isEqualTo("Order <num> timed out");
        assertThat(ok("signals", "templates", APPLICATION)).contains("LEVEL", "Order <num> timed out");
    }

    @Test
    void aMistake_isToldWithTheWayOut() throws Exception {
        CliProcess.Ended address = attune.run("signals", "list", "exporting");
        assertThat(address.code()).isEqualTo(2);
        assertThat(address.err()).contains("expected: env/app");
        CliProcess.Ended expression = attune.run("signals", "query", APPLICATION, "rate(served_total)");
        assertThat(expression.code()).isNotZero();
        assertThat(expression.err()).contains("no matching overload");
        CliProcess.Ended last = attune.run("signals", "query", APPLICATION, "rate(x{}, 1m)", "--last", "soon");
        assertThat(last.code()).isEqualTo(2);
        assertThat(last.err()).contains("as in 90s");
    }
}
