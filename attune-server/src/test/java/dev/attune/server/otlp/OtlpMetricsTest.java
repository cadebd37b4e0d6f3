package dev.attune.server.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.model.signal.Measurement;
import dev.attune.server.auth.Grant;
import dev.attune.server.auth.Rights;
import dev.attune.server.auth.Verb;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OtlpMetricsTest {
    private static final Rights ORDERS = new Rights(List.of(new Grant("prod", "orders", "*", EnumSet.of(Verb.REPORT))));
    private static final Senders SENDERS = new Senders(ORDERS, "prod");

    private static Received read(String metrics) {
        return read("orders", metrics);
    }

    private static Received read(String application, String metrics) {
        String json = "{\"resourceMetrics\":[{\"resource\":{\"attributes\":["
                + "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"" + application + "\"}},"
                + "{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"i1\"}}]},"
                + "\"scopeMetrics\":[{\"metrics\":[" + metrics + "]}]}]}";
        ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
        OtlpJson.read(json.getBytes(StandardCharsets.UTF_8), request);
        return OtlpMetrics.read(request.build(), SENDERS);
    }

    private static Measurement one(String metrics) {
        Received received = read(metrics);
        assertThat(received.reasons()).isEmpty();
        assertThat(received.batches).hasSize(1);
        assertThat(received.batches.get(0).source().instance()).isEqualTo("i1");
        assertThat(received.batches.get(0).measurements()).hasSize(1);
        return received.batches.get(0).measurements().get(0);
    }

    @Test
    void gauge_isALevel() {
        Measurement gauge = one(
                "{\"name\":\"queue.size\",\"unit\":\"{item}\",\"gauge\":{\"dataPoints\":[{\"asInt\":\"7\","
                        + "\"timeUnixNano\":\"1700000000123456789\",\"attributes\":[{\"key\":\"pool.name\",\"value\":"
                        + "{\"stringValue\":\"p\"}},{\"key\":\"instance\",\"value\":{\"stringValue\":\"forged\"}}]}]}}");
        assertThat(gauge.name()).isEqualTo("queue_size");
        assertThat(gauge.value()).isEqualTo(new Measurement.Level(7));
        assertThat(gauge.atMillis()).isEqualTo(1_700_000_000_123L);
        assertThat(gauge.labels()).containsEntry("pool_name", "p").containsEntry("exported_instance", "forged");
    }

    @Test
    void sums_areTotalsIncreasesOrLevels() {
        String points = "\"dataPoints\":[{\"asDouble\":2.5,\"timeUnixNano\":\"5000000\"}]";
        assertThat(one("{\"name\":\"a\",\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true," + points + "}}")
                        .value())
                .isEqualTo(new Measurement.Total(2.5));
        Measurement delta =
                one("{\"name\":\"a\",\"sum\":{\"aggregationTemporality\":1,\"isMonotonic\":true," + points + "}}");
        assertThat(delta.value()).isEqualTo(new Measurement.Increase(2.5));
        assertThat(delta.name()).isEqualTo("a_total");
        assertThat(one("{\"name\":\"a\",\"sum\":{\"aggregationTemporality\":2," + points + "}}")
                        .value())
                .isEqualTo(new Measurement.Level(2.5));
        Received unusable = read("{\"name\":\"a\",\"sum\":{\"aggregationTemporality\":1," + points + "}},"
                + "{\"name\":\"b\",\"sum\":{\"isMonotonic\":true," + points + "}}");
        assertThat(unusable.refused()).isEqualTo(2);
        assertThat(unusable.reasons()).contains("a: changes of a level").contains("b: no temporality");
    }

    @Test
    void histogram_isASpreadByTheMiddlesOfItsBuckets() {
        Measurement histogram = one("{\"name\":\"http.server.request.duration\",\"unit\":\"s\",\"histogram\":"
                + "{\"aggregationTemporality\":1,\"dataPoints\":[{\"count\":\"6\",\"sum\":9,"
                + "\"bucketCounts\":[\"1\",\"2\",3],\"explicitBounds\":[1,4]}]}}");
        assertThat(histogram.name()).isEqualTo("http_server_request_duration_seconds");
        Measurement.Spread spread = (Measurement.Spread) histogram.value();
        assertThat(spread.values()).containsExactly(0.5, 2, 4);
        assertThat(spread.counts()).containsExactly(1, 2, 3);
        assertThat(spread.cumulative()).isFalse();
        assertThat(read("{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":1,\"dataPoints\":["
                                + "{\"bucketCounts\":[1],\"explicitBounds\":[1,4]}]}}")
                        .refused())
                .isEqualTo(1);
    }

    @Test
    void exponentialHistogram_isASpreadInAscendingOrder() {
        Measurement.Spread spread = (Measurement.Spread) one("{\"name\":\"e\",\"exponentialHistogram\":"
                        + "{\"aggregationTemporality\":2,\"dataPoints\":[{\"scale\":0,\"zeroCount\":\"5\","
                        + "\"positive\":{\"offset\":-1,\"bucketCounts\":[\"1\",\"2\"]},"
                        + "\"negative\":{\"offset\":0,\"bucketCounts\":[\"3\",\"4\"]}}]}}")
                .value();
        assertThat(spread.counts()).containsExactly(4, 3, 5, 1, 2);
        double root = Math.sqrt(2);
        double[] expected = {-2 * root, -root, 0, 1 / root, root};
        for (int i = 0; i < expected.length; i++) assertThat(spread.values()[i]).isCloseTo(expected[i], within(1e-12));
        assertThat(spread.cumulative()).isTrue();
    }

    @Test
    void resourceOfAnotherApplication_isRefusedBeforeItIsTaken() {
        Received foreign = read("billing", "{\"name\":\"q\",\"gauge\":{\"dataPoints\":[{\"asInt\":1}]}}");
        assertThat(foreign.batches).isEmpty();
        assertThat(foreign.isForeign()).isTrue();
        assertThat(foreign.reasons()).contains("prod/billing");
    }

    @Test
    void unknownFieldsAndEnumsAsNumbers_areUnderstood() {
        assertThat(one("{\"name\":\"q\",\"invented\":{\"deep\":[1,{\"x\":2}]},\"gauge\":{\"dataPoints\":[{\"asDouble\":"
                                + "\"NaN\",\"flags\":1,\"exemplars\":[{\"traceId\":\"00ff\",\"asDouble\":1}]}]}}")
                        .value())
                .isInstanceOf(Measurement.Level.class);
    }
}
