package dev.attune.server.signals;

import dev.attune.tuning.template.LogSignals;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which error templates only canaries ever had. What a release was taken back for is known from then on and still nothing
 * usual: the next release that brings it is to be taken back as well. Not safe for several threads.
 */
final class CanaryErrors {
    /** For so long after its last line as a canary an instance may still tell lines of that time. */
    private static final long LATE_MILLIS = 60_000;

    private static final int TEMPLATES_MAX = 4_096;
    private static final int INSTANCES_MAX = 1_000;

    /** Of templates that came as errors: who had them while it was no canary. */
    private final Map<String, Set<String>> others = new HashMap<>();

    /** Also of instances that left, which may only have lost their connection. */
    private final Map<String, Long> canaryUntil = new HashMap<>();

    /** An error line came. */
    void add(LogSignals.Mined mined, String instance, boolean isCanary, long nowMillis) {
        if (isCanary) {
            if (canaryUntil.size() >= INSTANCES_MAX) canaryUntil.values().removeIf(each -> each <= nowMillis);
            canaryUntil.put(instance, nowMillis + LATE_MILLIS);
        }
        if (mined.isNew() && others.size() < TEMPLATES_MAX) others.put(mined.template(), new HashSet<>());
        Set<String> had = others.get(mined.template());
        if (had != null && !mayBeLate(instance, nowMillis)) had.add(instance);
    }

    /** Whether what an instance tells may be from when it was a canary. */
    boolean mayBeLate(String instance, long nowMillis) {
        return nowMillis < canaryUntil.getOrDefault(instance, Long.MIN_VALUE);
    }

    /**
     * A comparison begins. Its canaries may have had the release for a moment.
     *
     * @param fresh the templates that came in that moment
     * @param known those that there are
     */
    void begin(Set<String> canaries, Collection<String> fresh, Collection<String> known) {
        others.keySet().retainAll(known);
        for (String each : fresh) {
            Set<String> had = others.get(each);
            if (had != null) had.removeAll(canaries);
        }
    }

    /** Whether only canaries ever had an error of this template. */
    boolean has(String template) {
        Set<String> had = others.get(template);
        return had != null && had.isEmpty();
    }
}
