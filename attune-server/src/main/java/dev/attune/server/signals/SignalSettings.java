package dev.attune.server.signals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.attune.model.Bytes;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import dev.attune.server.http.Json;
import dev.attune.tuning.signal.Selector;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an administrator decided about an application's signals. Lies at {@code signals/{environment}/{application}}.
 *
 * @param keep selectors of series that are kept whether or not anybody asks
 * @param targets addresses to fetch signals from, by instance id
 * @param label a label by which connected instances say where they expose signals: {@code :port/path}, at the ip
 *     that they name, so set it only where instances are trusted with where the leader connects; empty for not to look
 */
public record SignalSettings(List<String> keep, SortedMap<String, URI> targets, String label) {
    /** Nothing was decided. */
    public static final SignalSettings NONE = new SignalSettings(List.of(), Collections.emptySortedMap(), "");

    private static final String FOLDER = "signals/";
    private static final int KEEP_MAX = 64;
    private static final int TARGETS_MAX = 500;
    private static final int LABEL_MAX = 128;

    public SignalSettings {
        keep = List.copyOf(keep);
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
        if (keep.size() > KEEP_MAX || targets.size() > TARGETS_MAX || label.length() > LABEL_MAX)
            throw new IllegalArgumentException("keep, targets, label: " + keep.size() + ", " + targets.size() + ", "
                    + label.length() + " (expected: <= " + KEEP_MAX + ", " + TARGETS_MAX + ", " + LABEL_MAX + ")");
        keep.forEach(Selector::parse);
        targets.forEach((instance, address) -> {
            Names.require("instance", instance);
            requireAddress(address);
        });
    }

    private static void requireAddress(URI address) {
        String scheme = String.valueOf(address.getScheme());
        if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null)
            throw new IllegalArgumentException("target: " + address + " (expected: as in http://host:port/metrics)");
    }

    static Bytes key(SignalScope scope) {
        return SystemKeys.of(FOLDER + scope);
    }

    static KeyRange all() {
        return KeyRange.prefix(SystemKeys.of(FOLDER));
    }

    static SignalScope scopeOf(Bytes key) {
        String[] parts = key.toUtf8().split("/", -1);
        return new SignalScope(parts[1], parts[2]);
    }

    List<Selector> selectors() {
        return keep.stream().map(Selector::parse).toList();
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        ArrayNode selectors = json.putArray("keep");
        keep.forEach(selectors::add);
        ObjectNode addresses = json.putObject("targets");
        targets.forEach((instance, address) -> addresses.put(instance, address.toString()));
        return json.put("label", label);
    }

    /** Reads what {@link #json} wrote, or what somebody sent; what is wrong is an {@code IllegalArgumentException}. */
    static SignalSettings of(JsonNode json) {
        json.properties().forEach(each -> {
            if (!List.of("keep", "targets", "label").contains(each.getKey()))
                throw new IllegalArgumentException("unknown field (expected: keep, targets, label)");
        });
        List<String> keep = new ArrayList<>();
        json.path("keep").forEach(each -> keep.add(each.asText()));
        SortedMap<String, URI> targets = new TreeMap<>();
        json.path("targets")
                .properties()
                .forEach(each ->
                        targets.put(each.getKey(), URI.create(each.getValue().asText())));
        return new SignalSettings(keep, targets, json.path("label").asText(""));
    }
}
