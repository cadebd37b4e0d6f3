package dev.attune.tuning.control;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a controller wants, and why; nothing yet is done about it.
 *
 * @param to the value wanted; that in force when nothing should change
 * @param change whether something should change
 * @param urgent whether a hard goal is in danger and this relieves it
 * @param reason in words, without what the numbers of {@code evidence} say
 * @param evidence the numbers that it rests on, by name
 */
public record Proposal(Setting to, boolean change, boolean urgent, String reason, SortedMap<String, Double> evidence) {
    public Proposal {
        evidence = Collections.unmodifiableSortedMap(new TreeMap<>(evidence));
    }

    /** Nothing should change. */
    public static Proposal none(Setting current, String reason, SortedMap<String, Double> evidence) {
        return new Proposal(current, false, false, reason, evidence);
    }

    static Proposal none(Setting current, String reason) {
        return none(current, reason, Collections.emptySortedMap());
    }

    static Proposal to(Setting to, String reason) {
        return new Proposal(to, true, false, reason, Collections.emptySortedMap());
    }
}
