package dev.attune.cli.command;

import dev.attune.cli.api.Connection;
import dev.attune.client.AttuneClient;
import dev.attune.client.config.Config;
import dev.attune.client.config.ConfigSource;
import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.Coordinate;
import dev.attune.model.config.InstanceSpec;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose configuration a command reads, as an instance reads it. Filled by picocli. */
final class SubscriptionOptions {
    @Option(names = "--env", required = true, paramLabel = "NAME", description = "Environment.")
    String environment = "";

    @Option(names = "--app", required = true, paramLabel = "NAME", description = "Application.")
    String application = "";

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = Coordinate.DEFAULT_CLUSTER,
            description = "Cluster where lookup starts (default: ${DEFAULT-VALUE}).")
    String cluster = Coordinate.DEFAULT_CLUSTER;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Only this file; may be repeated, the first one wins where keys meet (default: all files).")
    List<String> files = new ArrayList<>();

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "What every variable's name starts with.")
    String prefix = "";

    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description = "Keep a copy here to start from when no node answers (default: none).")
    @Nullable Path cache;

    /** A client of the centre; the caller closes it. */
    AttuneClient client(Connection connection) {
        List<String> endpoints =
                connection.endpoints().stream().map(URI::toString).toList();
        AttuneClient.Builder builder = AttuneClient.builder()
                .endpoints(endpoints)
                .token(connection.token())
                .callTimeout(connection.timeout())
                .snapshotDirectory(cache);
        if (connection.authority() != null) builder.authority(connection.authority());
        return builder.build();
    }

    /** Opens the subscription; fails when there is nothing to read from. */
    Config open(AttuneClient client) {
        String id = "cli-" + UUID.randomUUID();
        Config config = client.config(
                new InstanceSpec(id, environment, application, cluster, "", "", Map.of()),
                files.toArray(String[]::new));
        config.failure().ifPresent(failure -> {
            throw failure;
        });
        if (config.source() == ConfigSource.NONE) {
            throw new AttuneException(
                    ErrorCode.UNAVAILABLE, "no configuration: no node answered, and there is no local copy");
        }
        return config;
    }
}
