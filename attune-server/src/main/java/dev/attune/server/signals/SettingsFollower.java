package dev.attune.server.signals;

import dev.attune.model.AttuneException;
import dev.attune.model.kv.KeyValue;
import dev.attune.server.http.Json;
import dev.attune.server.keyspace.ReadLevel;
import dev.attune.server.keyspace.Reads;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of all applications as of the last look, and what they have kept. Any thread. */
final class SettingsFollower {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsFollower.class);
    private static final String OWNER = "settings";

    private final Reads reads;
    private final Signals signals;
    private volatile Map<SignalScope, SignalSettings> settings = Map.of();

    SettingsFollower(Reads reads, Signals signals) {
        this.reads = reads;
        this.signals = signals;
    }

    Map<SignalScope, SignalSettings> settings() {
        return settings;
    }

    /** Reads them anew; a look that fails changes nothing. */
    void look() {
        reads.range(SignalSettings.all(), ReadLevel.STALE).whenComplete((found, failure) -> {
            if (failure == null) read(found);
        });
    }

    private void read(List<KeyValue> found) {
        Map<SignalScope, SignalSettings> now = new TreeMap<>();
        for (KeyValue each : found) {
            try {
                now.put(SignalSettings.scopeOf(each.key()), SignalSettings.of(Json.tree(each.value())));
            } catch (IllegalArgumentException | AttuneException e) {
                LOG.warn("event=signal-settings-unreadable key={}", each.key().toUtf8(), e);
            }
        }
        settings.keySet().forEach(scope -> {
            if (!now.containsKey(scope)) signals.want(scope, OWNER, List.of(), List.of());
        });
        now.forEach((scope, each) -> signals.want(scope, OWNER, each.selectors(), List.of()));
        settings = now;
    }
}
