package dev.attune.spring.signal;

import dev.attune.model.signal.Measurement;
import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** A timer that also keeps the distribution since it was last told. */
final class SpreadTimer extends AbstractTimer {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final TimeWindowMax greatest;
    private final dev.attune.client.signal.Timer spread = new dev.attune.client.signal.Timer();

    SpreadTimer(Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauses, TimeUnit unit) {
        super(id, clock, config, pauses, unit, false);
        greatest = new TimeWindowMax(clock, config);
    }

    @Override
    protected void recordNonNegative(long amount, TimeUnit unit) {
        long took = unit.toNanos(amount);
        count.increment();
        nanos.add(took);
        greatest.record((double) took, TimeUnit.NANOSECONDS);
        spread.record(took, TimeUnit.NANOSECONDS);
    }

    @Override
    public long count() {
        return count.sum();
    }

    @Override
    public double totalTime(TimeUnit unit) {
        return (double) nanos.sum() / unit.toNanos(1);
    }

    @Override
    public double max(TimeUnit unit) {
        return greatest.poll(TimeUnit.NANOSECONDS) / unit.toNanos(1);
    }

    Measurement.Spread take() {
        return spread.take();
    }
}
