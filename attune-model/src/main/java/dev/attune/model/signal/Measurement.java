package dev.attune.model.signal;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One measurement as its sender made it. Who sent it is not in here: the centre knows that from the connection.
 *
 * @param name in the notation of {@link MetricNames}
 * @param labels what tells it from others of the same name
 * @param atMillis when, in milliseconds since 1970 by the sender's clock; 0 for the moment in which it arrives
 */
public record Measurement(String name, SortedMap<String, String> labels, long atMillis, Value value) {
    public Measurement {
        if (name.isEmpty()) throw new IllegalArgumentException("name: empty (expected: a name)");
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** Of this moment. */
    public static Measurement now(String name, Map<String, String> labels, Value value) {
        return new Measurement(name, new TreeMap<>(labels), 0, value);
    }

    /** The same as of another moment. */
    public Measurement at(long millis) {
        return new Measurement(name, labels, millis, value);
    }

    /** What was measured. */
    public sealed interface Value {}

    /** The present level of something. */
    public record Level(double value) implements Value {}

    /** How much there has been since the instance started. */
    public record Total(double value) implements Value {}

    /** How much there was since the previous measurement. */
    public record Increase(double value) implements Value {}

    /**
     * How often values near each of {@code values} occurred.
     *
     * @param values ascending
     * @param counts one for each value
     * @param cumulative counted since the instance started, else since the previous measurement
     */
    public record Spread(double[] values, double[] counts, boolean cumulative) implements Value {
        /** Most different values. */
        public static final int VALUES_MAX = 4_096;

        public Spread {
            if (values.length != counts.length || values.length > VALUES_MAX)
                throw new IllegalArgumentException("values, counts: " + values.length + ", " + counts.length
                        + " (expected: as many, <= " + VALUES_MAX + ")");
            values = values.clone();
            counts = counts.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Spread that
                    && cumulative == that.cumulative
                    && Arrays.equals(values, that.values)
                    && Arrays.equals(counts, that.counts);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(values) + Arrays.hashCode(counts);
        }

        @Override
        public String toString() {
            return "Spread[" + values.length + " values]";
        }
    }
}
