package dev.attune.tuning.signal;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One series: what is measured, on which instance, and the labels that tell it from others of the same name.
 *
 * @param metric the name, {@code [a-zA-Z_:][a-zA-Z0-9_:.]*}
 * @param instance the id under which the instance takes its configuration (tuning §2.1, the join key)
 * @param labels the other labels, by name; they never hold the instance, its application or its cohort
 */
public record SeriesId(String metric, String instance, SortedMap<String, String> labels)
        implements Comparable<SeriesId> {
    public SeriesId {
        if (metric.isEmpty()) throw new IllegalArgumentException("metric: empty (expected: a name)");
        if (instance.isEmpty()) throw new IllegalArgumentException("instance: empty (expected: an id)");
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    public static SeriesId of(String metric, String instance) {
        return new SeriesId(metric, instance, Collections.emptySortedMap());
    }

    public static SeriesId of(String metric, String instance, Map<String, String> labels) {
        return new SeriesId(metric, instance, new TreeMap<>(labels));
    }

    @Override
    public int compareTo(SeriesId other) {
        int byMetric = metric.compareTo(other.metric);
        if (byMetric != 0) return byMetric;
        int byInstance = instance.compareTo(other.instance);
        if (byInstance != 0) return byInstance;
        Iterator<Map.Entry<String, String>> mine = labels.entrySet().iterator();
        Iterator<Map.Entry<String, String>> others = other.labels.entrySet().iterator();
        while (mine.hasNext() && others.hasNext()) {
            Map.Entry<String, String> a = mine.next();
            Map.Entry<String, String> b = others.next();
            int byName = a.getKey().compareTo(b.getKey());
            if (byName != 0) return byName;
            int byValue = a.getValue().compareTo(b.getValue());
            if (byValue != 0) return byValue;
        }
        return Boolean.compare(mine.hasNext(), others.hasNext());
    }
}
