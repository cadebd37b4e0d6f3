package dev.attune.spring.signal;

import dev.attune.client.signal.SignalSource;
import dev.attune.model.signal.Measurement;
import dev.attune.model.signal.MetricNames;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A registry beside the application's others whose meters are told to the centre: every timer as a whole distribution,
 * counters as totals, the rest as levels, all by the names Micrometer's Prometheus registry gives them. At most
 * {@value #MEASUREMENTS_MAX} measurements each time; what exceeds them is left out.
 */
public final class SignalMeterRegistry extends SimpleMeterRegistry implements SignalSource {
    private static final int MEASUREMENTS_MAX = 2_000;
    private static final double NANOS_PER_SECOND = 1e9;

    public SignalMeterRegistry() {
        super(SimpleConfig.DEFAULT, Clock.SYSTEM);
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
        return new SpreadTimer(id, clock, config, pauses, getBaseTimeUnit());
    }

    @Override
    public void collect(Consumer<Measurement> to) {
        int[] left = {MEASUREMENTS_MAX};
        Consumer<Measurement> bounded = each -> {
            if (left[0]-- > 0) to.accept(each);
        };
        forEachMeter(meter -> collect(meter, bounded));
    }

    private static void collect(Meter meter, Consumer<Measurement> to) {
        if (meter instanceof SpreadTimer timer) {
            tell(to, meter, "", "s", false, timer.take());
        } else if (meter instanceof Counter counter) {
            tell(to, meter, "", unit(meter), true, new Measurement.Total(counter.count()));
        } else if (meter instanceof FunctionCounter counter) {
            tell(to, meter, "", unit(meter), true, new Measurement.Total(counter.count()));
        } else if (meter instanceof FunctionTimer timer) {
            tell(to, meter, "_count", "s", false, new Measurement.Total(timer.count()));
            tell(to, meter, "_sum", "s", false, new Measurement.Total(timer.totalTime(TimeUnit.SECONDS)));
        } else if (meter instanceof DistributionSummary summary) {
            tell(to, meter, "_count", unit(meter), false, new Measurement.Total(summary.count()));
            tell(to, meter, "_sum", unit(meter), false, new Measurement.Total(summary.totalAmount()));
            tell(to, meter, "_max", unit(meter), false, new Measurement.Level(summary.max()));
        } else if (meter instanceof LongTaskTimer timer) {
            tell(to, meter, "_active", "", false, new Measurement.Level(timer.activeTasks()));
        } else if (meter instanceof TimeGauge gauge) {
            double seconds = gauge.value(TimeUnit.NANOSECONDS) / NANOS_PER_SECOND;
            tell(to, meter, "", "s", false, new Measurement.Level(seconds));
        } else if (meter instanceof Gauge gauge) {
            tell(to, meter, "", unit(meter), false, new Measurement.Level(gauge.value()));
        }
    }

    private static String unit(Meter meter) {
        String unit = meter.getId().getBaseUnit();
        return unit == null ? "" : unit;
    }

    private static void tell(
            Consumer<Measurement> to,
            Meter meter,
            String suffix,
            String unit,
            boolean counts,
            Measurement.Value value) {
        // A gauge whose object is gone has no value.
        if (value instanceof Measurement.Level level && !Double.isFinite(level.value())) return;
        SortedMap<String, String> labels = new TreeMap<>();
        for (Tag each : meter.getId().getTags()) {
            String label = MetricNames.label(each.getKey());
            // Only the centre says which instance a series is of, and on which side of a comparison.
            boolean ours = label.equals("instance") || label.equals("cohort");
            labels.put(ours ? "exported_" + label : label, each.getValue());
        }
        String name = MetricNames.metric(meter.getId().getName(), unit, counts) + suffix;
        to.accept(new Measurement(name, labels, 0, value));
    }
}
