package dev.attune.cli.command;

import dev.attune.cli.api.ApiRequest;
import dev.attune.model.config.Coordinate;
import org.jspecify.annotations.Nullable;

/** A file on the command line: {@code env/app/file} or {@code env/app/cluster/file}. */
final class FileAddress {
    private FileAddress() {}

    /** Parses an address; {@code cluster} is the flag's value, null when not given. */
    static Coordinate parse(String text, @Nullable String cluster) {
        String[] parts = text.split("/", -1);
        if (parts.length == 3) {
            return new Coordinate(parts[0], parts[1], cluster == null ? Coordinate.DEFAULT_CLUSTER : cluster, parts[2]);
        }
        if (parts.length != 4) {
            throw new IllegalArgumentException("file: " + text + " (expected: env/app/file or env/app/cluster/file)");
        }
        if (cluster != null && !cluster.equals(parts[2])) {
            throw new IllegalArgumentException(
                    "--cluster: " + cluster + " (expected: " + parts[2] + ", as in " + text + ")");
        }
        return new Coordinate(parts[0], parts[1], parts[2], parts[3]);
    }

    /** As people write it: without the cluster when that is the default. */
    static String show(Coordinate file) {
        boolean plain = file.cluster().equals(Coordinate.DEFAULT_CLUSTER);
        return file.environment() + "/" + file.application() + "/" + (plain ? "" : file.cluster() + "/") + file.file();
    }

    /** The file's resource in the API, followed by {@code more} of the path, and its cluster as the query. */
    static String path(Coordinate file, String more) {
        return "/api/v1/envs/" + ApiRequest.encode(file.environment()) + "/apps/"
                + ApiRequest.encode(file.application()) + "/files/" + ApiRequest.encode(file.file()) + more
                + "?cluster=" + ApiRequest.encode(file.cluster());
    }
}
