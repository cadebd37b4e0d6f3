package dev.attune.server.signals;

import dev.attune.config.instance.InstanceRecord;
import dev.attune.model.Bytes;
import dev.attune.model.kv.Event;
import dev.attune.model.kv.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The connected instances as the keys show them, by application, and since when each has had the release that it reports
 * to have applied. Signals are joined to instances here and nowhere else: what a sender says of itself is looked up, not
 * believed (tuning §2.1). Guarded by itself.
 */
final class Roster {
    private static final String ENDS_WITH_ID = "service.instance.id";
    private static final int TIMELINE_MAX = 16;

    private final Map<Bytes, InstanceRecord> byKey = new HashMap<>();
    private final Map<SignalScope, SortedMap<String, Joined>> byScope = new TreeMap<>();

    /** One instance; it may have several connections. */
    private static final class Joined {
        final Map<Bytes, InstanceRecord> connections = new HashMap<>();
        final Map<String, List<Applied>> timeline = new TreeMap<>();
    }

    /**
     * An instance applied a release.
     *
     * @param atMillis when this node saw it say so, in milliseconds since 1970
     */
    record Applied(long release, long atMillis) {}

    /** An instance has left. */
    record Left(SignalScope scope, String instance) {}

    synchronized void clear() {
        byKey.clear();
        byScope.clear();
    }

    /** A key of an instance changed; tells who has no connection any more. */
    synchronized Optional<Left> changed(Event event, long nowMillis) {
        KeyValue stored = event.keyValue();
        if (stored.isDeleted()) return left(stored.key());
        InstanceRecord record = InstanceRecord.decode(stored.value());
        byKey.put(stored.key(), record);
        SignalScope scope = scope(record);
        Joined joined = byScope.computeIfAbsent(scope, none -> new TreeMap<>())
                .computeIfAbsent(record.spec().id(), none -> new Joined());
        joined.connections.put(stored.key(), record);
        record.states().forEach((file, state) -> {
            if (state.applied())
                applied(joined.timeline.computeIfAbsent(file, none -> new ArrayList<>()), state, nowMillis);
        });
        return Optional.empty();
    }

    private static void applied(List<Applied> timeline, InstanceRecord.State state, long nowMillis) {
        if (!timeline.isEmpty() && timeline.get(timeline.size() - 1).release() == state.release()) return;
        if (timeline.size() == TIMELINE_MAX) timeline.remove(0);
        timeline.add(new Applied(state.release(), nowMillis));
    }

    private Optional<Left> left(Bytes key) {
        InstanceRecord record = byKey.remove(key);
        if (record == null) return Optional.empty();
        SignalScope scope = scope(record);
        SortedMap<String, Joined> all = byScope.get(scope);
        Joined joined = all == null ? null : all.get(record.spec().id());
        if (all == null || joined == null) return Optional.empty();
        joined.connections.remove(key);
        if (!joined.connections.isEmpty()) return Optional.empty();
        all.remove(record.spec().id());
        if (all.isEmpty()) byScope.remove(scope);
        return Optional.of(new Left(scope, record.spec().id()));
    }

    private static SignalScope scope(InstanceRecord record) {
        return new SignalScope(record.spec().environment(), record.spec().application());
    }

    /** The ids of those connected. */
    synchronized List<String> connected(SignalScope scope) {
        SortedMap<String, Joined> all = byScope.get(scope);
        return all == null ? List.of() : List.copyOf(all.keySet());
    }

    /** When an instance was first seen to have applied a release of a file, if that is known. */
    synchronized Optional<Long> appliedAt(SignalScope scope, String instance, String file, long release) {
        SortedMap<String, Joined> all = byScope.get(scope);
        Joined joined = all == null ? null : all.get(instance);
        if (joined == null) return Optional.empty();
        return joined.timeline.getOrDefault(file, List.of()).stream()
                .filter(each -> each.release() == release)
                .map(Applied::atMillis)
                .reduce((first, last) -> last);
    }

    /** The releases an instance is seen to have in force, by file. */
    synchronized SortedMap<String, Long> inForce(SignalScope scope, String instance) {
        SortedMap<String, Long> releases = new TreeMap<>();
        SortedMap<String, Joined> all = byScope.get(scope);
        Joined joined = all == null ? null : all.get(instance);
        if (joined != null)
            joined.timeline.forEach((file, timeline) ->
                    releases.put(file, timeline.get(timeline.size() - 1).release()));
        return releases;
    }

    /**
     * Which instance a sender is: the one with its id, else the only one with a label that the sender's attributes repeat;
     * else nobody.
     */
    synchronized Optional<String> find(SignalSource source) {
        SortedMap<String, Joined> all = byScope.get(source.scope());
        if (all == null) return Optional.empty();
        if (all.containsKey(source.instance())) return Optional.of(source.instance());
        String found = "";
        for (Map.Entry<String, Joined> each : all.entrySet()) {
            if (!recognises(each.getValue(), source)) continue;
            if (!found.isEmpty()) return Optional.empty();
            found = each.getKey();
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private static boolean recognises(Joined joined, SignalSource source) {
        for (InstanceRecord record : joined.connections.values())
            for (Map.Entry<String, String> label : record.spec().labels().entrySet()) {
                if (label.getValue().isEmpty()) continue;
                if (isOfOne(label.getKey())
                        && label.getValue().equals(source.attributes().get(label.getKey()))) return true;
                if (label.getKey().equals(ENDS_WITH_ID) && label.getValue().equals(source.instance())) return true;
            }
        return false;
    }

    /** Whether a label's name says that its value belongs to a single process or machine. */
    private static boolean isOfOne(String label) {
        return switch (label) {
            case ENDS_WITH_ID, "host.name", "host.id", "k8s.pod.name", "k8s.pod.uid", "container.id", "process.pid" ->
                true;
            default -> false;
        };
    }

    /** The applications of which somebody is connected. */
    synchronized List<SignalScope> scopes() {
        return List.copyOf(byScope.keySet());
    }

    /** Of the connected instances with such a label, {@code http://ip} followed by its value, by instance id. */
    synchronized SortedMap<String, String> labelled(SignalScope scope, String label) {
        SortedMap<String, String> found = new TreeMap<>();
        SortedMap<String, Joined> all = byScope.get(scope);
        if (all == null) return found;
        all.forEach((id, joined) -> {
            for (InstanceRecord each : joined.connections.values()) {
                String value = each.spec().labels().get(label);
                String ip = each.spec().ip();
                if (value == null || !value.startsWith(":") || ip.isEmpty()) continue;
                found.put(id, "http://" + (ip.contains(":") ? "[" + ip + "]" : ip) + value);
            }
        });
        return found;
    }
}
