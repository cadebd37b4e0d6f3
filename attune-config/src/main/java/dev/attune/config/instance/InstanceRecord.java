package dev.attune.config.instance;

import dev.attune.config.record.Records;
import dev.attune.model.Bytes;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.config.Names;
import dev.attune.model.kv.KeyRange;
import dev.attune.model.kv.SystemKeys;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A connected instance; lies under a lease of the node it is connected to, and is gone when either ends.
 *
 * @param spec as it introduced itself
 * @param node the member it is connected to
 * @param connectedMillis since when, in milliseconds since 1970
 * @param files those it subscribed to; empty for all of its application
 * @param states what it did with the releases that it was offered, by file
 * @param readKeys the keys that it has read
 * @param votes whether it takes part in rollouts
 * @param offered the newest release that it was sent, by file
 * @param follower whether it only listens, and reports nothing of what it does
 */
public record InstanceRecord(
        Spec spec,
        String node,
        long connectedMillis,
        List<String> files,
        Map<String, State> states,
        List<String> readKeys,
        boolean votes,
        Map<String, Long> offered,
        boolean follower) {
    private static final String FOLDER = "instance/";

    /** An {@link InstanceSpec} as it is stored. */
    public record Spec(
            String id,
            String environment,
            String application,
            String cluster,
            String dataCentre,
            String ip,
            Map<String, String> labels) {
        public static Spec of(InstanceSpec spec) {
            return new Spec(
                    spec.id(),
                    spec.environment(),
                    spec.application(),
                    spec.cluster(),
                    spec.dataCentre(),
                    spec.ip(),
                    spec.labels());
        }

        public InstanceSpec toSpec() {
            return new InstanceSpec(id, environment, application, cluster, dataCentre, ip, labels);
        }
    }

    /**
     * What it did with a release.
     *
     * @param applied whether it is in force; else it was vetoed for {@code reason}
     */
    public record State(long release, boolean applied, String reason) {}

    public InstanceRecord {
        files = List.copyOf(files);
        states = Collections.unmodifiableMap(new TreeMap<>(states));
        readKeys = List.copyOf(readKeys);
        // A member of an earlier version does not write it.
        offered = Optional.ofNullable(offered)
                .<Map<String, Long>>map(each -> Collections.unmodifiableMap(new TreeMap<>(each)))
                .orElse(Map.of());
    }

    /** Where it lies; {@code connection} tells several subscriptions of one instance apart. */
    public static Bytes key(InstanceSpec spec, String connection) {
        return SystemKeys.of(
                FOLDER + spec.environment() + "/" + spec.application() + "/" + spec.id() + "/" + connection);
    }

    /** Those of an application. */
    public static KeyRange all(String environment, String application) {
        return KeyRange.prefix(SystemKeys.of(FOLDER + Names.require("environment", environment) + "/"
                + Names.require("application", application) + "/"));
    }

    /** Those of an environment. */
    public static KeyRange all(String environment) {
        return KeyRange.prefix(SystemKeys.of(FOLDER + Names.require("environment", environment) + "/"));
    }

    public Bytes encode() {
        return Records.write(this);
    }

    public static InstanceRecord decode(Bytes stored) {
        return Records.read(stored, InstanceRecord.class);
    }
}
