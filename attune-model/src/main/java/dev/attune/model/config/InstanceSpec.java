package dev.attune.model.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * A running client process as it introduces itself.
 *
 * @param id unique among the running instances; chosen by the client, stable while the process runs
 * @param cluster where lookup starts; {@link Coordinate#DEFAULT_CLUSTER} when the client has none
 * @param dataCentre second place of lookup; empty for none
 * @param ip as the client knows it; empty when it does not
 * @param labels free attributes that audiences may select by, in key order
 */
public record InstanceSpec(
        String id,
        String environment,
        String application,
        String cluster,
        String dataCentre,
        String ip,
        Map<String, String> labels) {
    /** Most labels of one instance. */
    public static final int LABELS_MAX = 64;

    /** Longest label key or value, in characters. */
    public static final int LABEL_LENGTH_MAX = 256;

    private static final int IP_LENGTH_MAX = 64;

    public InstanceSpec {
        Names.require("instance", id);
        Names.require("environment", environment);
        Names.require("application", application);
        Names.require("cluster", cluster);
        if (!dataCentre.isEmpty()) Names.require("dataCentre", dataCentre);
        if (ip.length() > IP_LENGTH_MAX)
            throw new IllegalArgumentException(
                    "ip: " + ip.length() + " characters (expected: <= " + IP_LENGTH_MAX + ")");
        if (labels.size() > LABELS_MAX)
            throw new IllegalArgumentException("labels: " + labels.size() + " (expected: <= " + LABELS_MAX + ")");
        TreeMap<String, String> sorted = new TreeMap<>();
        labels.forEach((key, value) -> {
            if (key.isEmpty() || key.length() > LABEL_LENGTH_MAX || value.length() > LABEL_LENGTH_MAX)
                throw new IllegalArgumentException("label: " + key.length() + " and " + value.length()
                        + " characters (expected: 1.." + LABEL_LENGTH_MAX + " and 0.." + LABEL_LENGTH_MAX + ")");
            sorted.put(key, value);
        });
        labels = java.util.Collections.unmodifiableMap(sorted);
    }

    /** An instance of the default cluster without data centre, ip and labels. */
    public static InstanceSpec of(String id, String environment, String application) {
        return new InstanceSpec(id, environment, application, Coordinate.DEFAULT_CLUSTER, "", "", Map.of());
    }
}
