package dev.attune.server.otlp;

import dev.attune.model.signal.Measurement;
import dev.attune.model.signal.MetricNames;
import dev.attune.server.signals.SignalBatch;
import dev.attune.tuning.signal.Sample;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Metrics of the protocol as measurements: gauges and sums that may fall as levels, other sums as totals or increases,
 * histograms of both kinds as spreads by the middles of their buckets, summaries as the quantiles they tell.
 */
final class OtlpMetrics {
    private static final double ENDED = Double.longBitsToDouble(Sample.STALE_MARKER);
    private static final int NO_RECORDED_VALUE = 1;

    private final Received received;
    private final List<Measurement> measurements = new ArrayList<>();

    private OtlpMetrics(Received received) {
        this.received = received;
    }

    static Received read(ExportMetricsServiceRequest request, Senders senders) {
        Received received = new Received();
        for (ResourceMetrics each : request.getResourceMetricsList()) {
            OtlpMetrics reader = new OtlpMetrics(received);
            for (ScopeMetrics scope : each.getScopeMetricsList())
                scope.getMetricsList().forEach(reader::metric);
            senders.of(each.getResource(), reader.measurements.size(), received)
                    .ifPresent(source -> received.batches.add(new SignalBatch(source, reader.measurements, List.of())));
        }
        return received;
    }

    private void metric(Metric metric) {
        if (metric.getName().isEmpty()) {
            received.refuse(1, "a metric without a name");
            return;
        }
        switch (metric.getDataCase()) {
            case GAUGE ->
                metric.getGauge().getDataPointsList().forEach(point -> {
                    String name = MetricNames.metric(metric.getName(), metric.getUnit(), false);
                    add(name, point.getAttributesList(), point.getTimeUnixNano(), new Measurement.Level(number(point)));
                });
            case SUM -> sum(metric);
            case HISTOGRAM -> histogram(metric);
            case EXPONENTIAL_HISTOGRAM -> exponential(metric);
            case SUMMARY -> metric.getSummary().getDataPointsList().forEach(point -> summary(metric, point));
            default -> received.refuse(1, metric.getName() + ": no data of a known kind");
        }
    }

    private void sum(Metric metric) {
        boolean grows = metric.getSum().getIsMonotonic();
        AggregationTemporality temporality = metric.getSum().getAggregationTemporality();
        boolean delta = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
        int points = metric.getSum().getDataPointsCount();
        if (delta && !grows) {
            received.refuse(points, metric.getName() + ": changes of a level (expected: cumulative temporality)");
            return;
        }
        if (!known(metric, temporality, points)) return;
        String name = MetricNames.metric(metric.getName(), metric.getUnit(), grows);
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
            double number = number(point);
            Measurement.Value value = !grows
                    ? new Measurement.Level(number)
                    : delta ? new Measurement.Increase(number) : new Measurement.Total(number);
            add(name, point.getAttributesList(), point.getTimeUnixNano(), value);
        }
    }

    private boolean known(Metric metric, AggregationTemporality temporality, int points) {
        if (temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
                || temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE) return true;
        received.refuse(points, metric.getName() + ": no temporality (expected: delta or cumulative)");
        return false;
    }

    private void histogram(Metric metric) {
        AggregationTemporality temporality = metric.getHistogram().getAggregationTemporality();
        if (!known(metric, temporality, metric.getHistogram().getDataPointsCount())) return;
        boolean cumulative = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        String name = MetricNames.metric(metric.getName(), metric.getUnit(), false);
        for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
            int bounds = point.getExplicitBoundsCount();
            int buckets = point.getBucketCountsCount();
            boolean whole = buckets == bounds + 1 && buckets <= Measurement.Spread.VALUES_MAX;
            if (whole) add(name, point.getAttributesList(), point.getTimeUnixNano(), spread(point, cumulative));
            else if (buckets == 0) mean(name, point, cumulative);
            else received.refuse(1, metric.getName() + ": " + buckets + " buckets of " + bounds + " bounds");
        }
    }

    private static Measurement.Value spread(HistogramDataPoint point, boolean cumulative) {
        int buckets = point.getBucketCountsCount();
        double[] values = new double[buckets];
        double[] counts = new double[buckets];
        for (int i = 0; i < buckets; i++) {
            values[i] = middle(point.getExplicitBoundsList(), i);
            counts[i] = point.getBucketCounts(i);
        }
        return new Measurement.Spread(values, counts, cumulative);
    }

    /** A value that stands for a bucket; the outermost ones have but one bound. */
    private static double middle(List<Double> bounds, int bucket) {
        if (bounds.isEmpty()) return 0;
        double last = bounds.get(bounds.size() - 1);
        if (bucket == bounds.size()) return last;
        double high = bounds.get(bucket);
        if (bucket == 0) return high > 0 ? high / 2 : high;
        double low = bounds.get(bucket - 1);
        return low > 0 ? StrictMath.sqrt(low * high) : (low + high) / 2;
    }

    /** Without buckets there is the mean only. */
    private void mean(String name, HistogramDataPoint point, boolean cumulative) {
        if (cumulative) {
            Measurement.Total count = new Measurement.Total(point.getCount());
            add(name + "_count", point.getAttributesList(), point.getTimeUnixNano(), count);
            Measurement.Total sum = new Measurement.Total(point.getSum());
            add(name + "_sum", point.getAttributesList(), point.getTimeUnixNano(), sum);
            return;
        }
        double count = point.getCount();
        double[] values = count > 0 ? new double[] {point.getSum() / count} : new double[0];
        double[] counts = count > 0 ? new double[] {count} : new double[0];
        Measurement.Spread spread = new Measurement.Spread(values, counts, false);
        add(name, point.getAttributesList(), point.getTimeUnixNano(), spread);
    }

    private void exponential(Metric metric) {
        AggregationTemporality temporality = metric.getExponentialHistogram().getAggregationTemporality();
        if (!known(metric, temporality, metric.getExponentialHistogram().getDataPointsCount())) return;
        boolean cumulative = temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        String name = MetricNames.metric(metric.getName(), metric.getUnit(), false);
        for (ExponentialHistogramDataPoint point :
                metric.getExponentialHistogram().getDataPointsList()) {
            int buckets = point.getNegative().getBucketCountsCount()
                    + point.getPositive().getBucketCountsCount()
                    + 1;
            if (buckets > Measurement.Spread.VALUES_MAX) {
                received.refuse(1, metric.getName() + ": " + buckets + " buckets (expected: <= 4096)");
                continue;
            }
            add(name, point.getAttributesList(), point.getTimeUnixNano(), spread(point, cumulative));
        }
    }

    private static Measurement.Value spread(ExponentialHistogramDataPoint point, boolean cumulative) {
        int below = point.getNegative().getBucketCountsCount();
        int above = point.getPositive().getBucketCountsCount();
        double[] values = new double[below + 1 + above];
        double[] counts = new double[values.length];
        for (int i = 0; i < below; i++) {
            int bucket = below - 1 - i;
            values[i] = -middle(point.getScale(), point.getNegative().getOffset() + bucket);
            counts[i] = point.getNegative().getBucketCounts(bucket);
        }
        counts[below] = point.getZeroCount();
        for (int i = 0; i < above; i++) {
            values[below + 1 + i] = middle(point.getScale(), point.getPositive().getOffset() + i);
            counts[below + 1 + i] = point.getPositive().getBucketCounts(i);
        }
        return new Measurement.Spread(values, counts, cumulative);
    }

    /** The geometric middle of bucket {@code index}, whose bounds are powers of 2^(2^-scale). */
    private static double middle(int scale, int index) {
        return StrictMath.pow(2, StrictMath.scalb(index + 0.5, -scale));
    }

    private void summary(Metric metric, SummaryDataPoint point) {
        String name = MetricNames.metric(metric.getName(), metric.getUnit(), false);
        long nanos = point.getTimeUnixNano();
        add(name + "_count", point.getAttributesList(), nanos, new Measurement.Total(point.getCount()));
        add(name + "_sum", point.getAttributesList(), nanos, new Measurement.Total(point.getSum()));
        for (SummaryDataPoint.ValueAtQuantile each : point.getQuantileValuesList()) {
            SortedMap<String, String> labels = labels(point.getAttributesList());
            labels.put("quantile", Double.toString(each.getQuantile()));
            measurements.add(new Measurement(name, labels, nanos / 1_000_000, new Measurement.Level(each.getValue())));
        }
    }

    private static double number(NumberDataPoint point) {
        if ((point.getFlags() & NO_RECORDED_VALUE) != 0) return ENDED;
        return point.getValueCase() == NumberDataPoint.ValueCase.AS_INT
                ? (double) point.getAsInt()
                : point.getAsDouble();
    }

    private void add(String name, List<KeyValue> attributes, long nanos, Measurement.Value value) {
        measurements.add(new Measurement(name, labels(attributes), Math.max(0, nanos / 1_000_000), value));
    }

    /** What only the centre may say is renamed, as Prometheus does. */
    private static SortedMap<String, String> labels(List<KeyValue> attributes) {
        SortedMap<String, String> labels = new TreeMap<>();
        Senders.attributes(attributes).forEach((name, value) -> {
            String label = MetricNames.label(name);
            boolean ours = label.equals("instance") || label.equals("cohort");
            labels.put(ours ? "exported_" + label : label, value);
        });
        return labels;
    }
}
