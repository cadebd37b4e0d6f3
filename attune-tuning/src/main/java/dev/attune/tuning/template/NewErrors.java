package dev.attune.tuning.template;

import dev.attune.tuning.signal.Cohort;
import dev.attune.tuning.verdict.StageEvidence.NewError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watches error templates during a stage: which of them were not known before it, and on which side they come (tuning
 * §2.4, §3.6). One thread.
 */
public final class NewErrors {
    /** New templates watched at most; more of them would say nothing more. */
    public static final int WATCHED_MAX = 200;

    private final TreeSet<String> known;
    private final Map<String, Seen> seen = new TreeMap<>();

    /**
     * @param known the ids of all templates at the stage's begin
     */
    public NewErrors(List<String> known) {
        this.known = new TreeSet<>(known);
    }

    private static final class Seen {
        long canaryLines;
        long baselineLines;
        final TreeSet<String> canaryInstances = new TreeSet<>();
        final TreeSet<Long> canaryMinutes = new TreeSet<>();
    }

    /** Counts an error line; not of who is on neither side, as that may have had the release in an earlier stage. */
    public void add(String template, String instance, Cohort cohort, long nowMillis) {
        if (cohort == Cohort.OTHER || known.contains(template)) return;
        if (!seen.containsKey(template) && seen.size() >= WATCHED_MAX) return;
        Seen each = seen.computeIfAbsent(template, id -> new Seen());
        if (cohort == Cohort.BASELINE) {
            each.baselineLines++;
            return;
        }
        each.canaryLines++;
        each.canaryInstances.add(instance);
        each.canaryMinutes.add(Math.floorDiv(nowMillis, 60_000L));
    }

    /** What was seen so far, by template. */
    public List<NewError> evidence() {
        List<NewError> evidence = new ArrayList<>();
        seen.forEach((template, each) -> evidence.add(new NewError(
                template,
                each.canaryLines,
                each.canaryInstances.size(),
                each.canaryMinutes.size(),
                each.baselineLines)));
        return evidence;
    }
}
