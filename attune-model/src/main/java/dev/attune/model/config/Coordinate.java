package dev.attune.model.config;

/**
 * The address of a file: {@code environment / application / cluster / file}. Each part is a name as {@link Names}
 * allows it, so parts never contain a slash and compare case-sensitively.
 *
 * @param cluster overlay for a data centre or zone; {@link #DEFAULT_CLUSTER} for the file everyone falls back to
 * @param file name with the suffix that gives its format
 */
public record Coordinate(String environment, String application, String cluster, String file) {
    /** The cluster that every lookup ends at. */
    public static final String DEFAULT_CLUSTER = "default";

    public Coordinate {
        Names.require("environment", environment);
        Names.require("application", application);
        Names.require("cluster", cluster);
        Names.require("file", file);
    }

    /** {@code environment/application/cluster/file}, for messages. */
    @Override
    public String toString() {
        return environment + "/" + application + "/" + cluster + "/" + file;
    }
}
