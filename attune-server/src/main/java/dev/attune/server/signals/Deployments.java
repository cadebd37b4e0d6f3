package dev.attune.server.signals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * When an application's own code changed, as far as it is known: what a pipeline told, and instances that came with
 * another {@code service.version} than before. A comparison at such a time says nothing about a release (tuning §3.6,
 * attribution). Not thread-safe.
 */
final class Deployments {
    private static final int INSTANCES_MAX = 2_000;
    private static final int KEPT_MAX = 32;

    /** Who begins to listen hears every version for the first time. */
    private static final long WARM_MILLIS = 60_000;

    private final long sinceMillis;
    // By door: two ways of one instance may name the same version differently.
    private final Map<String, Map<String, String>> versions = new TreeMap<>();
    private final Deque<Deployment> newest = new ArrayDeque<>();

    private record Deployment(String what, long atMillis) {}

    /** @param sinceMillis since when is listened */
    Deployments(long sinceMillis) {
        this.sinceMillis = sinceMillis;
    }

    /**
     * An instance says which version it runs.
     *
     * @param door the way it says so
     * @param version empty when it says none
     */
    void heard(String door, String instance, String version, long nowMillis) {
        if (instance.isEmpty() || version.isEmpty()) return;
        Map<String, String> known = versions.computeIfAbsent(door, none -> new LinkedHashMap<>(16, 0.75f, true));
        String before = known.get(instance);
        if (version.equals(before)) return;
        boolean isFirst = before == null && !known.isEmpty() && !known.containsValue(version);
        known.put(instance, version);
        if (known.size() > INSTANCES_MAX) known.remove(known.keySet().iterator().next());
        if (nowMillis < sinceMillis + WARM_MILLIS) return;
        if (before != null) note(instance + " went from version " + before + " to " + version, nowMillis);
        else if (isFirst) note(instance + " came with version " + version, nowMillis);
    }

    /** Somebody says that a version is being deployed. */
    void told(String version, long nowMillis) {
        note("version " + version + " is deployed", nowMillis);
    }

    private void note(String what, long nowMillis) {
        if (newest.size() == KEPT_MAX) newest.removeFirst();
        newest.addLast(new Deployment(what, nowMillis));
    }

    /** What was first deployed at or after a moment; nothing when nothing was. */
    Optional<String> since(long millis) {
        return newest.stream()
                .filter(each -> each.atMillis() >= millis)
                .map(Deployment::what)
                .findFirst();
    }
}
