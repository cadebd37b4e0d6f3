package dev.attune.server.signals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
    private final Map<String, String> versions = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<Deployment> newest = new ArrayDeque<>();

    private record Deployment(String what, long atMillis) {}

    /** @param sinceMillis since when is listened */
    Deployments(long sinceMillis) {
        this.sinceMillis = sinceMillis;
    }

    /** An instance says which version it runs; empty when it says none. */
    void heard(String instance, String version, long nowMillis) {
        if (instance.isEmpty() || version.isEmpty()) return;
        boolean unheard = !versions.containsValue(version);
        String before = versions.put(instance, version);
        if (versions.size() > INSTANCES_MAX)
            versions.remove(versions.keySet().iterator().next());
        if (version.equals(before) || nowMillis < sinceMillis + WARM_MILLIS) return;
        if (before != null) note(instance + " went from version " + before + " to " + version, nowMillis);
        else if (unheard && versions.size() > 1) note(instance + " came with version " + version, nowMillis);
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
