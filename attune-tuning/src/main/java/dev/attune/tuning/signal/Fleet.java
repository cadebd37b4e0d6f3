package dev.attune.tuning.signal;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The instances of an application that are connected now, and the side of a comparison on which each stands. The server
 * knows this from its own records; nothing in it was claimed by a metric (tuning §2.1).
 *
 * @param cohorts by instance id
 */
public record Fleet(SortedMap<String, Cohort> cohorts) {
    public Fleet {
        cohorts = Collections.unmodifiableSortedMap(new TreeMap<>(cohorts));
    }

    /** Instances none of which is compared. */
    public static Fleet of(List<String> instances) {
        SortedMap<String, Cohort> cohorts = new TreeMap<>();
        for (String instance : instances) cohorts.put(instance, Cohort.OTHER);
        return new Fleet(cohorts);
    }

    /** The side of an instance; {@link Cohort#OTHER} of one that is not connected. */
    public Cohort cohort(String instance) {
        return cohorts.getOrDefault(instance, Cohort.OTHER);
    }

    public boolean contains(String instance) {
        return cohorts.containsKey(instance);
    }

    public int size() {
        return cohorts.size();
    }
}
