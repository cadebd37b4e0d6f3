package dev.attune.tuning.signal;

import java.util.Arrays;

/** One measurement as it arrived. Values may be anything here; the store judges them. */
public sealed interface Sample {
    /**
     * The bits of the not-a-number by which Prometheus says that a series has ended. A gauge or total of this value ends
     * its series at once.
     */
    long STALE_MARKER = 0x7ff0000000000002L;

    SeriesId series();

    /** When it was measured, in milliseconds of the epoch, by the sender's clock. */
    long atMillis();

    /** Whether this says that its series has ended. */
    default boolean endsSeries() {
        return false;
    }

    /** The current level of something. */
    record Gauge(SeriesId series, long atMillis, double value) implements Sample {
        @Override
        public boolean endsSeries() {
            return Double.doubleToRawLongBits(value) == STALE_MARKER;
        }
    }

    /** How much there has been since the instance started; falls only when it started again. */
    record Total(SeriesId series, long atMillis, double value) implements Sample {
        @Override
        public boolean endsSeries() {
            return Double.doubleToRawLongBits(value) == STALE_MARKER;
        }
    }

    /** How much there was since the previous sample. */
    record Increase(SeriesId series, long atMillis, double value) implements Sample {}

    /**
     * How often values near each of {@code values} occurred: a histogram by the middles of its buckets.
     *
     * @param values ascending
     * @param counts one for each value
     * @param cumulative counted since the instance started, else since the previous sample
     */
    record Distribution(SeriesId series, long atMillis, double[] values, double[] counts, boolean cumulative)
            implements Sample {
        public Distribution {
            if (values.length != counts.length)
                throw new IllegalArgumentException("counts: " + counts.length + " (expected: " + values.length + ")");
            values = values.clone();
            counts = counts.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Distribution that
                    && series.equals(that.series)
                    && atMillis == that.atMillis
                    && cumulative == that.cumulative
                    && Arrays.equals(values, that.values)
                    && Arrays.equals(counts, that.counts);
        }

        @Override
        public int hashCode() {
            return 31 * series.hashCode() + Long.hashCode(atMillis) + Arrays.hashCode(values) + Arrays.hashCode(counts);
        }

        @Override
        public String toString() {
            return "Distribution[" + series + ", " + atMillis + ", " + values.length + " buckets]";
        }
    }
}
