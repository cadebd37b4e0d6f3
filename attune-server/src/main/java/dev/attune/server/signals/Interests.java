package dev.attune.server.signals;

import dev.attune.tuning.signal.Selector;
import dev.attune.tuning.signal.SignalStore.Plausible;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who asks for which series of an application: policies and guards for as long as they stand, people who look for an
 * hour. Bounded by the store's budget of series. One thread.
 */
final class Interests {
    /** Series of which everybody wants to know, by the names under which most applications have them. */
    private static final List<Selector> USUAL = List.of(
            Selector.of("http_server_requests_seconds"),
            Selector.of("http_server_request_duration_seconds"),
            Selector.of("log_lines_total"),
            Selector.of("log_template_total"),
            Selector.of("log_new_error_templates"),
            Selector.parse("jvm_memory_used_bytes{area=\"heap\"}"),
            Selector.parse("jvm_memory_max_bytes{area=\"heap\"}"),
            Selector.of("process_cpu_usage"),
            Selector.of("up"));

    private static final int OWNERS_MAX = 1_000;

    private final Map<String, Interest> byOwner = new LinkedHashMap<>();

    private record Interest(List<Selector> selectors, List<Plausible> plausible, long untilMillis) {}

    /** Replaces what an owner asks for; nothing at all ends its interest. */
    void set(String owner, List<Selector> selectors, List<Plausible> plausible, long untilMillis) {
        if (selectors.isEmpty() && plausible.isEmpty()) byOwner.remove(owner);
        else if (byOwner.size() < OWNERS_MAX || byOwner.containsKey(owner))
            byOwner.put(owner, new Interest(List.copyOf(selectors), List.copyOf(plausible), untilMillis));
    }

    /** Ends interests whose time is over; whether there were any. */
    boolean expire(long nowMillis) {
        return byOwner.values().removeIf(each -> each.untilMillis < nowMillis);
    }

    List<Selector> selectors() {
        Set<Selector> all = new LinkedHashSet<>(USUAL);
        for (Interest each : byOwner.values()) all.addAll(each.selectors);
        return List.copyOf(all);
    }

    List<Plausible> plausible() {
        List<Plausible> all = new ArrayList<>();
        for (Interest each : byOwner.values()) all.addAll(each.plausible);
        return all;
    }
}
