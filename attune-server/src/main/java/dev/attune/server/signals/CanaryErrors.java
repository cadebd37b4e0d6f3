package dev.attune.server.signals;

import dev.attune.tuning.template.LogSignals;
import java.util.Collection;
import java.util.HashMap;
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

    /** Of templates that came as errors: who had them while it was no canary, and since when. */
    private final Map<String, Map<String, Long>> others = new HashMap<>();

    /** Also of instances that left, which may only have lost their connection. */
    private final Map<String, Long> canaryUntil = new HashMap<>();

    /** An error line came. */
    void add(LogSignals.Mined mined, String instance, boolean isCanary, long nowMillis) {
        if (isCanary) canary(instance, nowMillis);
        if (mined.isNew() && others.size() < TEMPLATES_MAX) others.put(mined.template(), new HashMap<>());
        Map<String, Long> had = others.get(mined.template());
        if (had != null && !mayBeLate(instance, nowMillis)) had.putIfAbsent(instance, nowMillis);
    }

    /** An instance is a canary still. */
    private void canary(String instance, long nowMillis) {
        if (canaryUntil.size() >= INSTANCES_MAX) canaryUntil.values().removeIf(each -> each <= nowMillis);
        canaryUntil.merge(instance, nowMillis + LATE_MILLIS, Math::max);
    }

    /** Whether what an instance tells may be from when it was a canary. */
    boolean mayBeLate(String instance, long nowMillis) {
        return nowMillis < canaryUntil.getOrDefault(instance, Long.MIN_VALUE);
    }

    /**
     * A comparison begins. Its canaries may have had the release for a moment.
     *
     * @param sinceMillis since when
     * @param known the templates that there are
     */
    void begin(Set<String> canaries, long sinceMillis, Collection<String> known) {
        others.keySet().retainAll(known);
        for (Map<String, Long> had : others.values())
            had.entrySet().removeIf(each -> each.getValue() >= sinceMillis && canaries.contains(each.getKey()));
    }

    /** A comparison has ended: what its canaries tell for a while may be from before. */
    void end(Set<String> canaries, long nowMillis) {
        for (String each : canaries) canary(each, nowMillis);
    }

    /** Whether only canaries ever had an error of this template. */
    boolean has(String template) {
        Map<String, Long> had = others.get(template);
        return had != null && had.isEmpty();
    }
}
